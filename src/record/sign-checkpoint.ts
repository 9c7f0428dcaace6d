import { AppError } from "#src/kernel/app-error.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { checkpointOf, formatCheckpoint } from "#src/signing/checkpoint.ts";
import { signNote } from "#src/signing/signed-note.ts";
import type { KeyRing } from "#src/signing/key-ring.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { originOf } from "./origin.ts";
import type { Record } from "./record.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifyCheckpoints } from "./verify-checkpoints.ts";

/** The head of a record at a milestone. */
export interface SignedHead {
  readonly upgradeId: UpgradeId;
  readonly size: number;
  readonly head: Digest;
  /** The C2SP signed note. */
  readonly note: string;
}

/**
 * Signs and stores a checkpoint over all events that there are now.
 * A log never signs what contradicts an earlier checkpoint of its own (tlog-checkpoint), so all of them are checked first.
 * @throws AppError `record_invalid` when the record was tampered with.
 */
export async function signCheckpoint(
  record: Pick<Record, "rawEvents" | "checkpoints" | "saveCheckpoint">,
  upgradeId: UpgradeId,
  { signing, trusted }: KeyRing,
): Promise<SignedHead> {
  const origin = originOf(upgradeId);
  const earlier = await record.checkpoints(upgradeId);
  const chain = verifyChain(upgradeId, await record.rawEvents(upgradeId));
  if (!chain.ok) throw refusal(upgradeId, chain.problem.sentence);
  const { leaves, head } = chain.value;
  const notes = earlier.map(({ note }) => note);
  const verifiers = trusted.map((publicKey) => ({ name: origin, publicKey }));
  const anchoring = verifyCheckpoints({ origin, leaves }, notes, verifiers);
  if (!anchoring.ok) throw refusal(upgradeId, anchoring.problem.sentence);

  const note = signNote(formatCheckpoint(checkpointOf(origin, leaves)), origin, signing);
  await record.saveCheckpoint(upgradeId, { size: leaves.length, keyId: signing.publicKey.keyId, note });
  return { upgradeId, size: leaves.length, head, note };
}

function refusal(upgradeId: UpgradeId, why: string): AppError {
  return new AppError(
    "record_invalid",
    `no checkpoint is signed for ${upgradeId}, because its record does not verify: ${why}; stop this upgrade and find out who wrote to the database`,
  );
}
