import { canonicalJson } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { openEnvelope, signEnvelope } from "./dsse.ts";
import type { PublicKey, SigningKey } from "./signing-key.ts";

/** DSSE payload type of a sealed vote. */
const votePayloadType = "application/vnd.kong-upgrade.vote+json";

/** What somebody really clicked: nothing of it can be taken for another step, attempt, upgrade or person. */
export interface CastVote {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
  readonly voterId: string;
  readonly decision: "approve" | "reject";
  readonly digest: Digest;
}

/** Seals a vote at the click, in the process that heard it from Slack. */
export function sealVote(vote: CastVote, key: SigningKey): Envelope {
  return signEnvelope(votePayloadType, Buffer.from(canonicalJson(vote)), key);
}

/** Whether this seal is one of these keys' own over exactly this vote. */
export function isSealedVote(vote: CastVote, seal: Envelope, keys: readonly PublicKey[]): boolean {
  const payload = openEnvelope(seal, votePayloadType, keys);
  return payload !== undefined && Buffer.from(payload).equals(Buffer.from(canonicalJson(vote)));
}
