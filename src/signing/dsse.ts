import { sign, verify } from "node:crypto";
import type { Envelope } from "#src/upgrade/events.ts";
import type { PublicKey, SigningKey } from "./signing-key.ts";

/** Signs a payload as a DSSE envelope (secure-systems-lab/dsse, protocol v1.0.2). */
export function signEnvelope(payloadType: string, payload: Uint8Array, key: SigningKey): Envelope {
  const signature = sign(null, preAuthenticationEncoding(payloadType, payload), key.privateKey);
  return {
    payloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: key.publicKey.keyId, sig: signature.toString("base64") }],
  };
}

/**
 * The payload of an envelope of exactly this type with a valid signature of one of these keys, else undefined.
 * The key id is only a hint, as DSSE wants it: every given key is tried.
 */
export function openEnvelope(
  envelope: Envelope,
  payloadType: string,
  keys: readonly PublicKey[],
): Uint8Array | undefined {
  if (envelope.payloadType !== payloadType) return undefined;
  const payload = Buffer.from(envelope.payload, "base64");
  const signed = preAuthenticationEncoding(payloadType, payload);
  const isSigned = envelope.signatures.some(({ sig }) => {
    const signature = Buffer.from(sig, "base64");
    return keys.some(({ key }) => verify(null, signed, key, signature));
  });
  return isSigned ? payload : undefined;
}

/** DSSE's PAE: lengths in front of type and body, so that neither can be taken for the other. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
