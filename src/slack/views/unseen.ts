import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { EventOf } from "#src/upgrade/events.ts";
import { actionIds } from "#src/slack/actions.ts";
import { button, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { promptAtFreeze, valueAt } from "./freeze-prompt.ts";
import type { FreezePlace } from "./freeze-prompt.ts";
import { codeFence, escapeText, plainText } from "./text.ts";

/** Nobody could look whether somebody wrote during the freeze, and the step must not start unseen. */
export interface UnseenStep extends FreezePlace {
  readonly failure: EventOf<"drift_look_failed">;
}

/** Why nobody could look, with the choices. */
export function unseenPrompt(unseen: UnseenStep): Content {
  const { step, failure } = unseen;
  const title = escapeText(step.title, 150);
  return promptAtFreeze(unseen, {
    summary: "nobody could look whether configuration was written during the freeze.",
    headline: `🧊 *The configuration could not be looked at*\nNothing was run: “${title}” is ${step.class}, and starts only after a look whether somebody wrote during the freeze. It was tried again and again, without success.`,
    details: [section(codeFence([failure.reason]))],
    goOn: {
      choice: "waive_look",
      effect:
        "this attempt starts unseen; look yourself whether somebody wrote. Your name and reason go into the record, and later steps are looked at as ever",
      button: () =>
        button({
          actionId: actionIds.waiveLook,
          text: "Go on…",
          label: `Go on without a look before ${plainText(step.title, 60)}`,
          value: valueAt(unseen),
        }),
    },
    lookAgain: "when what is in the way is repaired: a runner looks, and the step starts if nobody wrote",
    hold: "nothing happens until somebody resumes or chooses; nothing is undone",
  });
}

/** One line for steps that went on; an outage is told once. */
export function unseenLine({ failure, step, track }: Pick<UnseenStep, "failure" | "step" | "track">): Content {
  const markup = `🧊 *Nobody could look* whether configuration was written during the freeze, before “${escapeText(step.title, 120)}”: ${escapeText(failure.reason, 400)}\n${whyGoesOn(step, track.plan)}`;
  return { text: markup.replaceAll("*", ""), blocks: [section(markup)] };
}

function whyGoesOn({ action }: Step, plan: Plan): string {
  if (plan.kind === "rollback")
    return "Nothing holds a way back, so it goes on. Whether somebody wrote is not known until a later look.";
  if (action.kind === "manual")
    return "A person does this step, so it is not held. Whether somebody wrote is not known until a later look: look yourself before you confirm it.";
  return "The step is safe, so it goes on, and so do safe ones after it. A step that is not waits until somebody could look.";
}
