import { unreachable } from "#src/kernel/result.ts";
import { driftDigest } from "#src/upgrade/drift.ts";
import type { Drift, DriftChange } from "#src/upgrade/drift.ts";
import { isRestore } from "#src/upgrade/frozen-reference.ts";
import { actionIds, digestPrefix } from "#src/slack/actions.ts";
import { button, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { promptAtFreeze, valueAt } from "./freeze-prompt.ts";
import type { FreezePlace } from "./freeze-prompt.ts";
import { escapeText, inlineCode, secondsToken } from "./text.ts";

/** A write during the freeze, and what can be done about it. */
export interface FoundDrift extends FreezePlace {
  readonly drift: Drift;
  /** By number of entities, which is what the proof of the backup compares. */
  readonly isOtherThanBackup: boolean;
}

/** More lines than this nobody reads in a prompt; the record names more. */
const shownChanges = 10;

/** What was written, when and by whom, with the choices. */
export function driftPrompt(found: FoundDrift): Content {
  const { drift, step } = found;
  const title = escapeText(step.title, 150);
  const entities = drift.total === 1 ? "1 change" : `${drift.total} changes`;
  const lines = drift.changes.slice(0, shownChanges).map(describeChange);
  const rest = drift.total - lines.length;
  const changes = [...lines, ...(rest > 0 ? [`… and ${rest} more${namedElsewhere(drift)}`] : [])];
  const backup = isWayBack(found) ? fateOnWayBack(found) : backupWithout(found);
  const where = drift.side === "green" ? " on the second cluster" : "";
  return promptAtFreeze(found, {
    summary: `somebody wrote configuration during the freeze (${entities}${where}).`,
    headline: `🧊 *Somebody wrote configuration during the freeze: ${entities}${where}*\nNothing was run: “${title}” waits. ${since(found)}`,
    details: [
      section(changes.join("\n")),
      section(byWhom(drift)),
      ...(backup === undefined ? [] : [section(`⚠️ ${backup}`)]),
    ],
    goOn: {
      choice: "accept_drift",
      effect: effectOfGoingOn(found),
      button: () =>
        button({
          actionId: actionIds.acceptDrift,
          text: "Go on…",
          label: `Go on with the changed configuration of ${found.upgradeId}`,
          value: valueAt(found, digestPrefix(driftDigest(drift))),
        }),
    },
    lookAgain:
      "for when what was written is undone: a runner looks before the step starts, and asks again if it is not",
    hold: "nothing happens until somebody resumes or chooses; find out who writes, and stop it",
  });
}

/** The record holds more names than a prompt shows, and not all either. */
function namedElsewhere({ changes, total }: Drift): string {
  if (changes.length <= shownChanges) return ", which nobody could name";
  return changes.length === total ? "; the record names all" : `; the record names ${changes.length} of all ${total}`;
}

function describeChange({ table, what, key, name, at, by }: DriftChange): string {
  const called = name === undefined ? "" : ` ${inlineCode(name, 100)}`;
  const id = key === undefined ? "" : ` (${inlineCode(key, 80)})`;
  const when = at === undefined ? "" : `, ${secondsToken(at)}`;
  return `• ${escapeText(table, 100)}${called}${id} was ${what}${when}${by === undefined ? "" : `, by ${escapeText(by, 200)}`}`;
}

function byWhom({ audit }: Drift): string {
  switch (audit) {
    case "read":
      return "_By whom stands where Kong's audit log tells it._";
    case "absent":
      return "_By whom is not known: this installation keeps no audit log (Kong Enterprise has one)._";
    case "unreadable":
      return "_By whom is not known: the audit log could not be read._";
    default:
      return unreachable(audit);
  }
}

/** What the dump lacks, said before somebody goes on; undefined while nothing is dumped. */
function backupWithout({ drift, track, choices, isOtherThanBackup }: FoundDrift): string | undefined {
  if (drift.side === "green")
    return choices.length === 0
      ? undefined
      : "The old cluster does not have this change: a way back to it would leave it behind. Undo the write and look again; or keep what was written (deck, a script, the request) where it can be applied once more.";
  const backup = track.steps.get("backup-database");
  if (backup?.kind !== "done" || choices.length === 0) return undefined;
  const lacks = `The backup of ${secondsToken(backup.finishedAt)} does not hold this change`;
  return isOtherThanBackup && isBackupUnproven(track)
    ? `${lacks}, and the step \`prove-backup\` compares the numbers of entities of both: if you go on as it is, that step *will fail*. Undo the write and look again; or roll back and plan again, so that the backup is made anew with the change in it.`
    : `${lacks}: a way back by restore would lose it. Undo the write and look again; or keep what was written (deck, a script, the request) where it can be applied once more after a restore.`;
}

/** Its proof counts what is in the restored backup against what was recorded last. */
function isBackupUnproven({ plan, steps }: FoundDrift["track"]): boolean {
  return plan.steps.some(({ id }) => id === "prove-backup") && steps.get("prove-backup")?.kind !== "done";
}

/** The old configuration is back by then, or it never is. */
function isRestored({ track }: FoundDrift): boolean {
  return track.plan.steps.some((step) => isRestore(step) && track.steps.get(step.id)?.kind === "done");
}

function isWayBack({ track }: FoundDrift): boolean {
  return track.plan.kind === "rollback";
}

function since(found: FoundDrift): string {
  const at = secondsToken(found.drift.unchangedAt);
  return isWayBack(found) && isRestored(found)
    ? `The backup was restored at ${at}, and the configuration has to be just what was backed up.`
    : `Until ${at} the configuration was as recorded.`;
}

/** What becomes of a write by going back; said while somebody can still choose. */
function fateOnWayBack(found: FoundDrift): string | undefined {
  const { drift, track, choices } = found;
  if (choices.length === 0) return undefined;
  if (drift.side === "green")
    return "The old cluster does not get this change by going back: keep what was written (deck, a script, the request) where it can be applied once more.";
  if (isRestored(found))
    return "Either somebody wrote after the restore, or something else than the backup is there. See which before nodes serve it.";
  return track.plan.steps.some((step) => isRestore(step))
    ? "The restore that follows takes this change from Kong; it stays readable only in the database that is set aside. Keep what was written (deck, a script, the request) where it can be applied once more."
    : undefined;
}

function effectOfGoingOn(found: FoundDrift): string {
  const { drift, track } = found;
  if (drift.side === "green")
    return "what was written stays on the second cluster, and later looks compare with it; your name and reason go into the record";
  const isLost = isWayBack(found) && !isRestored(found) && track.plan.steps.some((step) => isRestore(step));
  if (isLost)
    return "the way back goes on, and what was written is lost to Kong with the restore; your name and reason go into the record";
  const isBackedUp = track.steps.get("backup-database")?.kind === "done";
  const missing = isBackedUp ? "; the backup does not hold it" : "";
  return `what was written stays, and later looks compare with it; your name and reason go into the record${missing}`;
}
