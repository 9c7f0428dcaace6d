import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { AppError } from "#src/kernel/app-error.ts";
import { readOrMakePrivateFile } from "#src/signing/private-file.ts";

const keyBytes = 32;
/** More are a mistake: two are enough to rotate. */
const mostKeys = 10;

/** A key that secrets are encrypted with. A KeyObject shows nothing of itself in a log. */
export interface StepUpKey {
  /** Stored beside what the key encrypted; tells nothing about the key. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The first key writes; every one reads. */
export type StepUpKeys = readonly [StepUpKey, ...StepUpKey[]];

/** Where the keys come from: a file, made on first use, or the value of an environment variable. */
export type StepUpKeySource = { readonly file: string } | { readonly text: string };

/**
 * Reads the keys that secrets of one-time codes are encrypted with: 32 bytes in base64 each, separated by blanks or
 * newlines. Every replica needs the same ones.
 * @throws AppError `config_invalid` for a file that others can open, and for anything but such keys.
 */
export async function readStepUpKeys(source: StepUpKeySource): Promise<StepUpKeys> {
  if ("text" in source) return parseKeys(source.text, "KONG_UPGRADE_STEP_UP_KEY_VALUE");
  const text = await readOrMakePrivateFile(source.file, { what: "the step-up key", make: makeKeyText });
  return parseKeys(text, source.file);
}

function makeKeyText(): string {
  return `${randomBytes(keyBytes).toString("base64")}\n`;
}

/** The contents are never part of the complaint. */
function parseKeys(text: string, place: string): StepUpKeys {
  const words = text.split(/\s+/u).filter((word) => word !== "");
  const keys = words.flatMap((word) => (/^[A-Za-z0-9+/]{43}=$/u.test(word) ? [keyFrom(word)] : []));
  const [first, ...others] = keys;
  if (first !== undefined && keys.length === words.length && keys.length <= mostKeys) return [first, ...others];
  throw new AppError(
    "config_invalid",
    `${place} holds no usable step-up key: expected 1 to ${mostKeys} keys of 32 random bytes in base64, one a line, the newest first; \`openssl rand -base64 32\` makes one`,
  );
}

function keyFrom(base64: string): StepUpKey {
  const key = createSecretKey(base64, "base64");
  const id = createHmac("sha256", key).update("kong-upgrade step-up key id").digest("hex").slice(0, 16);
  return { id, key };
}
