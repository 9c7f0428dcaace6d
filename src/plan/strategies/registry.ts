import type { Strategy } from "#src/plan/strategy.ts";
import { controlPlaneFirst } from "./control-plane-first.ts";
import { helmSplit } from "./helm-split.ts";
import { helm } from "./helm.ts";
import { inPlace } from "./in-place.ts";
import { rolling } from "./rolling.ts";

/** Every way to upgrade that can be planned, in the order in which help lists them. */
export const strategies: readonly Strategy[] = [inPlace, rolling, controlPlaneFirst, helm, helmSplit];

/** The strategy of that name; undefined where this program has none. */
export function findStrategy(name: string): Strategy | undefined {
  return strategies.find((strategy) => strategy.name === name);
}
