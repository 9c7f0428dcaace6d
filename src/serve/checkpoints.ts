import type { Record } from "#src/record/record.ts";
import { signCheckpoint } from "#src/record/sign-checkpoint.ts";
import type { KeyRing } from "#src/signing/key-ring.ts";
import type { EventType } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";

/** After these the record is signed, so that nothing before them can be rewritten or cut off unseen. */
const milestones: ReadonlySet<EventType> = new Set([
  "plan_made",
  "upgrade_started",
  "approval_granted",
  "rollback_started",
  "plan_refused",
  "check_completed",
  "upgrade_aborted",
  "upgrade_completed",
  "upgrade_rolled_back",
]);

/** Signs the head of a record when a milestone lies behind its last checkpoint. @throws AppError `record_invalid` when it was tampered with. */
export async function signMilestones(record: Record, id: UpgradeId, keys: KeyRing): Promise<void> {
  const signed = Math.max(0, ...(await record.checkpoints(id)).map(({ size }) => size));
  const later = await record.events(id, signed);
  if (later.some(({ event }) => milestones.has(event.type))) await signCheckpoint(record, id, keys);
}
