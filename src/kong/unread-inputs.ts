import { inputs } from "./inventory.ts";
import type { Inventory } from "./inventory.ts";

/** An input that was given and not wholly read, as people call it, and what was in the way. */
export interface UnreadInput {
  readonly name: string;
  readonly problem: string;
}

/** Every input that was given and not wholly read; what happened to be told by another input is no failure. */
export function unreadInputs(inventory: Inventory): readonly UnreadInput[] {
  return Object.entries(inventory.inputs).flatMap(([input, state]): readonly UnreadInput[] => {
    if (state.kind !== "failed" && (state.kind !== "partly" || state.isByTheWay === true)) return [];
    const name = Object.entries(inputs).find(([key]) => key === input)?.[1] ?? input;
    return [{ name, problem: state.problem }];
  });
}
