import { digestOf } from "#src/kernel/digest.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { HoldRef, Lifted } from "#src/upgrade/events.ts";
import { liftOf } from "#src/upgrade/hold.ts";
import type { HoldEnd } from "#src/upgrade/hold-end.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { actionIds, digestPrefix, encodeValue, modalIds } from "#src/slack/actions.ts";
import { actions, button, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { heldBackText, liftedText } from "./calendar-text.ts";
import type { Dialog } from "./dialog.ts";
import { wordsDialog } from "./modals.ts";
import { escapeText, plainText } from "./text.ts";

/** A step that the calendar keeps from starting. */
export interface HeldStep {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly step: Step;
  readonly attempt: number;
  readonly hold: HoldRef;
  /** When it goes on by itself; undefined where it does not hold any more, and nothing has to be lifted. */
  readonly end: HoldEnd | undefined;
}

/** What holds and until when, with the button for those who are named for it; who that is stands on the card. */
export function holdMessage({ upgradeId, plan, step, attempt, hold, end }: HeldStep): Content {
  const markup = heldBackText(hold, escapeText(step.title, 120), end);
  const lifted = liftOf(hold);
  const { users, groups } = hold.mayLift;
  const isLiftable = end !== undefined && lifted !== undefined && users.length + groups.length > 0;
  const lift = (what: Lifted): ReturnType<typeof button> =>
    button({
      actionId: actionIds.lift,
      text: "Lift…",
      label: `Let ${plainText(step.title, 50)} of ${upgradeId} start all the same`,
      value: encodeValue({
        upgradeId,
        plan: digestPrefix(plan.digest),
        step: { id: step.id, attempt, digest: liftDigest(what) },
      }),
    });
  return {
    text: markup.replaceAll("*", ""),
    blocks: [section(markup), ...(isLiftable ? [actions(lift(lifted))] : [])],
  };
}

/** What a button is bound to: the very freeze or opening that was shown. */
export function liftDigest(lifted: Lifted): string {
  return digestPrefix(digestOf(lifted));
}

/** Asks why something in the calendar does not hold one upgrade. */
export function liftModal(value: string, lifted: Lifted): Dialog {
  return wordsDialog({
    callbackId: modalIds.lift,
    title: "Lift for one upgrade",
    submit: "Lift",
    value,
    intro: `You lift ${liftedText(lifted)} for this upgrade alone; every other one stays held. Your name and reason go into the record.`,
    label: "Why may it go on?",
  });
}
