import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { isRestore } from "#src/upgrade/frozen-reference.ts";
import type { WayBackLooks } from "#src/upgrade/frozen-reference.ts";
import { section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { escapeText, secondsToken } from "./text.ts";

/** With what the configuration is compared on a way back, and what nobody can tell; undefined where nothing was frozen. */
export function wayBackLooksLine(looks: WayBackLooks, back: Plan): Content | undefined {
  const isRestoring = back.steps.some((step) => isRestore(step));
  const afterwards = isRestoring
    ? " After the restore it has to be just what was backed up, and is compared with that."
    : "";
  switch (looks.kind) {
    case "none":
      return undefined;
    case "compared":
      return line(
        `🧊 The configuration stays frozen on the way back: before each step it is compared with what was recorded at ${secondsToken(looks.recordedAt)}.${afterwards}`,
      );
    case "unsettled": {
      const fate = isRestoring
        ? "What somebody wrote all the same is lost to Kong with the restore, and stays readable in the database that is set aside."
        : "What somebody wrote all the same stays.";
      return line(
        `🧊 *Whether somebody wrote since ${secondsToken(looks.recordedAt)} is not known:* “${escapeText(looks.by.title, 120)}” changes the configuration itself, and its writes cannot be told from those of others. ${fate}${afterwards}`,
      );
    }
    default:
      return unreachable(looks);
  }
}

/** An earlier attempt may have changed the configuration, so this one starts without a look. */
export function unsettledAttemptLine(step: Step, attempt: number): Content {
  return line(
    `🧊 Attempt ${attempt} of “${escapeText(step.title, 120)}” starts without a look: the one before may have changed the configuration itself, and its writes cannot be told from those of others. From the fingerprint after it on it is looked at again.`,
  );
}

/** Writes are allowed again, and no runner had looked. */
export function nobodyLookedLine(step: Step): Content {
  return line(
    `🧊 *Nobody looked* whether configuration was written before “${escapeText(step.title, 120)}” was confirmed: no runner did, or there was nothing to compare with. Until the step before it, it was as the thread tells.`,
  );
}

/** The runner reads neither a database nor a file, so the freeze rests on people alone. */
export function incomparableLine(): Content {
  return line(
    "🧊 *Whether somebody writes during the freeze is not known:* the runner can read neither Kong's database nor a declarative file, so nothing is compared. See that everything that writes is really stopped.",
  );
}

function line(markup: string): Content {
  return { text: markup.replaceAll("*", ""), blocks: [section(markup)] };
}
