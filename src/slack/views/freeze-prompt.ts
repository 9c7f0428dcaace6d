import type { Button } from "@slack/types";
import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import type { Choice } from "#src/upgrade/choices.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { progressOfTrack } from "#src/upgrade/progress.ts";
import type { Track } from "#src/upgrade/state.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { actions, button, context, section } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { rollBackButton } from "./card.ts";
import { placeOf } from "./step-text.ts";
import { escapeWithDates, plainText } from "./text.ts";

/** The step that waits, because of what was seen of the frozen configuration or could not be. */
export interface FreezePlace {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly track: Track;
  readonly step: Step;
  readonly attempt: number;
  /** Empty once somebody has chosen: then the prompt is dead. */
  readonly choices: readonly Choice[];
  readonly isHeld: boolean;
}

/** What such a prompt says of its own; everything is ready markup. */
interface Said {
  readonly summary: string;
  readonly headline: string;
  readonly details: readonly Block[];
  /** How it goes on as it is, with a reason. */
  readonly goOn: { readonly choice: Choice; readonly effect: string; readonly button: () => Button };
  readonly lookAgain: string;
  readonly hold: string;
}

interface Offer {
  readonly name: string;
  readonly effect: string;
  readonly button: Button;
}

/** What happened, what can be done about it and what each choice does. */
export function promptAtFreeze(place: FreezePlace, said: Said): Content {
  const { upgradeId, plan, step, choices, isHeld } = place;
  const offers = choices.flatMap((choice) => offerOf(choice, place, said));
  const held = isHeld ? "\n✋ On hold: nobody is asked again until somebody resumes or chooses." : "";
  const settled = choices.length === 0 ? "\n_Settled: this prompt is closed._" : "";
  const effects = offers.map(({ name, effect }) => `• *${name}:* ${effect}`);
  return {
    text: [
      `${upgradeId}: ${said.summary}`,
      ...(offers.length === 0 ? [] : [`Choices: ${offers.map(({ name }) => name).join(", ")}.`]),
    ].join("\n"),
    blocks: [
      section(`${said.headline}${held}${settled}`),
      ...said.details,
      ...(effects.length === 0 ? [] : [section(`*What can be done now*\n${effects.join("\n")}`)]),
      context(`${upgradeId} · before ${placeOf(plan, step)} (\`${step.id}\`)`),
      ...(offers.length === 0 ? [] : [actions(...offers.map((offer) => offer.button))]),
    ],
  };
}

function offerOf(choice: Choice, place: FreezePlace, said: Said): readonly Offer[] {
  const { upgradeId, plan, track, step } = place;
  const what = plainText(step.title, 60);
  const value = valueAt(place);
  switch (choice) {
    case "accept_drift":
    case "waive_look":
      return choice === said.goOn.choice
        ? [{ name: "Go on", effect: said.goOn.effect, button: said.goOn.button() }]
        : [];
    case "look_again": {
      const label = `Look again whether configuration of ${upgradeId} was written`;
      const again = button({ actionId: actionIds.lookAgain, text: "Look again", label, value });
      return [{ name: "Look again", effect: said.lookAgain, button: again }];
    }
    case "roll_back": {
      const back = describeWayBack(plan, progressOfTrack(track));
      const effect = `${escapeWithDates(back.sentence, 300)} — ${escapeWithDates(back.price, 200)}`;
      return [{ name: "Roll back", effect, button: rollBackButton({ id: upgradeId }, value) }];
    }
    case "hold": {
      const hold = button({ actionId: actionIds.hold, text: "Hold", label: `Hold ${upgradeId} at ${what}`, value });
      return [{ name: "Hold", effect: said.hold, button: hold }];
    }
    case "retry":
    case "count_as_done":
      return [];
    default:
      return unreachable(choice);
  }
}

/** Ids only; `digest` binds the button to what it was shown for. */
export function valueAt({ upgradeId, plan, step, attempt }: FreezePlace, digest?: string): string {
  return encodeValue({
    upgradeId,
    plan: digestPrefix(plan.digest),
    step: { id: step.id, attempt, ...(digest === undefined ? {} : { digest }) },
  });
}
