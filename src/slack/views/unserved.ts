import { escapeText } from "./text.ts";
import type { Situation } from "./situation.ts";

/** The same situation where it is a runner's turn and none is there that may take it: somebody has to start one. */
export function withoutRunner(situation: Situation, problem: string | undefined): Situation {
  if (problem === undefined) return situation;
  return {
    ...situation,
    headline: `${situation.headline}\n⚠️ Waits for a runner, and none is there that may go on with it`,
    // The line that starts one comes last, so that it can be copied as it stands.
    whoMustAct: `whoever looks after the runners, and then it goes on by itself: ${escapeText(problem, 1_000)}`,
  };
}
