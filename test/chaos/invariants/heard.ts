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

/** A signature is renewed after a minute, nothing that is disturbed stays so for longer than some seconds, and prompts go first. */
const longestMs = 80_000;
const mostTaken = 8;

/**
 * Whoever must act is asked, and what they press is recorded: nobody waits for people who see nothing to press, and nobody
 * presses again and again in vain.
 */
export function judgeHeard(upgrade: Upgrade, { tries, taken, forMs }: Quiet): readonly string[] {
  // What is pressed while an upgrade is paused or held is refused, and waits for whoever lets it go on.
  const isGoing = upgrade.status !== "active" || upgrade.flow.kind === "going";
  if (!isGoing || forMs < longestMs) return [];
  const what = `${upgrade.id}: nothing was recorded after event ${upgrade.version} for more than ${longestMs / 1_000} s`;
  const todo = next(upgrade, instantOf(Date.now()));
  if (tries === 0 && todo.do === "wait") return [`${what}, it waits for ${todo.for}, and nobody is asked`];
  return taken < mostTaken ? [] : [`${what}, and people were asked again and again, and pressed`];
}
