import { canonicalJson } from "#src/kernel/digest.ts";
import type { Step } from "#src/plan/step.ts";

/** What a step does and how it is judged; its explanations may change from one version of this program to the next. */
const decisive = [
  "class",
  "action",
  "targets",
  "precheck",
  "proof",
  "isIdempotent",
] as const satisfies readonly (keyof Step)[];

/** The parts in which two versions of one step would do something else. */
export function compareSteps(own: Step, other: Step): readonly string[] {
  return decisive.filter((part) => canonicalJson(own[part]) !== canonicalJson(other[part]));
}
