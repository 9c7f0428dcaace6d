import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AppError } from "#src/kernel/app-error.ts";
import type { StepUpKey, StepUpKeys } from "./keys.ts";

const cipher = "aes-256-gcm";
/** 96 bits, the length that NIST SP 800-38D recommends; drawn anew for every encryption. */
const nonceBytes = 12;
const tagBytes = 16;

/** A secret as it is stored. */
export interface SealedSecret {
  readonly keyId: string;
  /** Nonce, ciphertext, tag. */
  readonly bytes: Uint8Array;
}

/** Encrypts a person's secret; their identity is authenticated with it, so that it opens in no other person's row. */
export function seal([{ id, key }]: StepUpKeys, identity: string, secret: Uint8Array): SealedSecret {
  const nonce = randomBytes(nonceBytes);
  const encrypting = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  encrypting.setAAD(Buffer.from(identity, "utf8"));
  const encrypted = Buffer.concat([encrypting.update(secret), encrypting.final()]);
  return { keyId: id, bytes: Buffer.concat([nonce, encrypted, encrypting.getAuthTag()]) };
}

/**
 * Decrypts a person's secret.
 * @throws AppError `config_invalid` when its key is not there, `record_invalid` when the row was changed or moved.
 */
export function open(keys: StepUpKeys, identity: string, sealed: SealedSecret): Uint8Array {
  const found = keys.find(({ id }) => id === sealed.keyId);
  if (found === undefined) {
    throw new AppError(
      "config_invalid",
      `the one-time code secret of ${identity} is encrypted with a key that this process does not have (${sealed.keyId}); give every replica the same step-up keys (KONG_UPGRADE_STEP_UP_KEY), or reset the enrolment of ${identity} if that key is lost`,
    );
  }
  return decrypt(found, identity, sealed.bytes);
}

function decrypt({ key }: StepUpKey, identity: string, bytes: Uint8Array): Uint8Array {
  try {
    const decrypting = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decrypting.setAAD(Buffer.from(identity, "utf8"));
    decrypting.setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decrypting.update(bytes.subarray(nonceBytes, -tagBytes)), decrypting.final()]);
  } catch (cause) {
    throw new AppError(
      "record_invalid",
      `the stored one-time code secret of ${identity} was changed or belongs to somebody else; find out who wrote into kong_upgrade.step_up, then reset the enrolment of ${identity}`,
      { cause },
    );
  }
}
