import { instantOf } from "#src/kernel/instant.ts";
import { next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

/** What people did about one upgrade since its record grew for the last time. */
export interface Quiet {
  /** How often they pressed anything that they found there. */
  readonly tries: number;
  /** How often the app took what they had been asked for; votes are left out, because whoever votes twice counts once. */
  readonly taken: number;
  /** For how long, in milliseconds. */
  readonly forMs: number;
}

/** Prompts go first, and nothing that is disturbed stays so for longer than some seconds; Slack's delivery rests up to 30 s. */
const askedWithinMs = 80_000;
/** Whatever took a click and died, or lost its database, is back by then. */
const heardWithinMs = 60_000;
const mostTaken = 8;

/**
 * Whoever must act is asked, and what they press is recorded: nobody waits for people who see nothing to press, and nobody
 * presses again and again in vain.
 */
export function judgeHeard(upgrade: Upgrade, { tries, taken, forMs }: Quiet): readonly string[] {
  // What is pressed while an upgrade is paused or held is refused, and waits for whoever lets it go on.
  const isGoing = upgrade.status !== "active" || upgrade.flow.kind === "going";
  if (!isGoing) return [];
  const quiet = `${upgrade.id}: nothing was recorded after event ${upgrade.version} for ${Math.round(forMs / 1_000)} s`;
  if (taken >= mostTaken && forMs >= heardWithinMs)
    return [`${quiet}, and people were asked again and again, and pressed`];
  const todo = next(upgrade, instantOf(Date.now()));
  const isAsked = tries > 0 || todo.do !== "wait";
  return isAsked || forMs < askedWithinMs ? [] : [`${quiet}, it waits for ${todo.for}, and nobody is asked`];
}
