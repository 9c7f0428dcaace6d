import { canonicalJson } from "#src/kernel/digest.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import { signedStandingSchema, standingPayloadType } from "#src/upgrade/standing.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { openEnvelope, signEnvelope } from "./dsse.ts";
import type { PublicKey, SigningKey } from "./signing-key.ts";

/** Why an envelope is no standing that a runner may act on. */
export type StandingProblem =
  | { readonly kind: "wrong_type"; readonly sentence: string }
  | { readonly kind: "bad_signature"; readonly sentence: string }
  | { readonly kind: "malformed"; readonly sentence: string };

/** Signs a granted approval for the runner (design invariant 3). */
export function signStanding(standing: SignedStanding, key: SigningKey): Envelope {
  return signEnvelope(standingPayloadType, Buffer.from(canonicalJson(standing)), key);
}

/**
 * The standing inside an envelope, if one of these keys signed it; several keys allow for rotation.
 * Whether it belongs to this step, digest and moment is for the caller to compare.
 */
export function verifyStanding(
  envelope: Envelope,
  publicKeys: readonly PublicKey[],
): Result<SignedStanding, StandingProblem> {
  if (envelope.payloadType !== standingPayloadType) {
    return no({
      kind: "wrong_type",
      sentence: `the envelope holds ${JSON.stringify(envelope.payloadType)}, expected ${standingPayloadType}`,
    });
  }
  const payload = openEnvelope(envelope, standingPayloadType, publicKeys);
  if (payload === undefined) {
    const claimed = envelope.signatures.map((signature) => signature.keyid).join(", ");
    return no({
      kind: "bad_signature",
      sentence: `no valid signature of a trusted key (it claims ${claimed}; trusted: ${publicKeys.map((key) => key.keyId).join(", ") || "none"})`,
    });
  }
  const standing = signedStandingSchema.safeParse(parseJson(payload));
  return standing.success
    ? ok(standing.data)
    : no({ kind: "malformed", sentence: `the signed payload is no standing: ${standing.error.message}` });
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    // Not JSON is not a standing either: the schema says so with the same answer.
    return undefined;
  }
}
