import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import type { Choice } from "#src/upgrade/choices.ts";
import { driftDigest } from "#src/upgrade/drift.ts";
import type { Drift, DriftChange } from "#src/upgrade/drift.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { progressOfTrack } from "#src/upgrade/progress.ts";
import type { Track } from "#src/upgrade/state.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { actions, button, context, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { rollBackButton } from "./card.ts";
import { placeOf } from "./step-text.ts";
import { escapeText, escapeWithDates, inlineCode, plainText, secondsToken } from "./text.ts";

/** A write during the freeze, and what can be done about it. */
export interface FoundDrift {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly track: Track;
  readonly step: Step;
  readonly attempt: number;
  readonly drift: Drift;
  /** Empty once somebody has chosen: then the prompt is dead. */
  readonly choices: readonly Choice[];
  readonly isHeld: boolean;
}

/** More lines than this nobody reads in a prompt; the record names more. */
const shownChanges = 10;

/** What was written, when and by whom, with the choices. */
export function driftPrompt(found: FoundDrift): Content {
  const { upgradeId, drift, step, choices, isHeld } = found;
  const title = escapeText(step.title, 150);
  const entities = drift.total === 1 ? "1 change" : `${drift.total} changes`;
  const headline = `🧊 *Somebody wrote configuration during the freeze: ${entities}*\nNothing was run: “${title}” waits. Until ${secondsToken(drift.unchangedAt)} the configuration was as recorded.${
    isHeld ? "\n✋ On hold: nobody is asked again until somebody resumes or chooses." : ""
  }${choices.length === 0 ? "\n_Settled: this prompt is closed._" : ""}`;
  const lines = drift.changes.slice(0, shownChanges).map(describeChange);
  const rest = drift.total - lines.length;
  const changes = [
    ...lines,
    ...(rest > 0 ? [`… and ${rest} more; the record names up to ${drift.changes.length}`] : []),
  ];
  const real = choices.filter((choice) => choice === "accept_drift" || choice === "roll_back" || choice === "hold");
  const effects = real.map((choice) => `• *${nameOf(choice)}:* ${effectOf(choice, found)}`);
  return {
    text: [
      `${upgradeId}: somebody wrote configuration during the freeze (${entities}).`,
      ...(real.length === 0 ? [] : [`Choices: ${real.map(nameOf).join(", ")}.`]),
    ].join("\n"),
    blocks: [
      section(headline),
      section(changes.join("\n")),
      section(byWhom(drift)),
      ...(effects.length === 0 ? [] : [section(`*What can be done now*\n${effects.join("\n")}`)]),
      context(`${upgradeId} · before ${placeOf(found.plan, step)} (\`${step.id}\`)`),
      ...(real.length === 0 ? [] : [actions(...real.map((choice) => buttonOf(choice, found)))]),
    ],
  };
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

type DriftChoice = "accept_drift" | "roll_back" | "hold";

function nameOf(choice: DriftChoice): string {
  return { accept_drift: "Go on", roll_back: "Roll back", hold: "Hold" }[choice];
}

function effectOf(choice: DriftChoice, { plan, track }: FoundDrift): string {
  switch (choice) {
    case "accept_drift": {
      const isBackedUp = track.steps.get("backup-database")?.kind === "done";
      const missing = isBackedUp ? "; the backup does not hold it, so a way back by restore would lose it" : "";
      return `what was written stays, and later looks compare with it; your name and reason go into the record${missing}`;
    }
    case "roll_back": {
      const back = describeWayBack(plan, progressOfTrack(track));
      return `${escapeWithDates(back.sentence, 300)} — ${escapeWithDates(back.price, 200)}`;
    }
    case "hold":
      return "nothing happens until somebody resumes or chooses; find out who writes, and stop it";
    default:
      return unreachable(choice);
  }
}

function buttonOf(choice: DriftChoice, found: FoundDrift): ReturnType<typeof button> {
  const { upgradeId, plan, step, attempt, drift } = found;
  const digest = digestPrefix(driftDigest(drift));
  const value = encodeValue({ upgradeId, plan: digestPrefix(plan.digest), step: { id: step.id, attempt, digest } });
  switch (choice) {
    case "accept_drift":
      return button({
        actionId: actionIds.acceptDrift,
        text: "Go on…",
        label: `Go on with the changed configuration of ${upgradeId}`,
        value,
      });
    case "roll_back":
      return rollBackButton({ id: upgradeId }, value);
    case "hold":
      return button({
        actionId: actionIds.hold,
        text: "Hold",
        label: `Hold ${upgradeId} at ${plainText(step.title, 60)}`,
        value,
      });
    default:
      return unreachable(choice);
  }
}
