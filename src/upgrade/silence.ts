import { currentStep } from "./next.ts";
import type { Silence, Upgrade } from "./state.ts";

/** The silence of the runner whose step runs; undefined where none runs, or its runner gives signs of life. */
export function silenceOf(upgrade: Upgrade): Silence | undefined {
  const progress = upgrade.status === "active" ? currentStep(upgrade)?.progress : undefined;
  return progress?.kind === "running" ? progress.silence : undefined;
}
