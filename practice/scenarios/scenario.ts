import type { Tally } from "./record-check.ts";
import type { Stage, StageOptions } from "./stage.ts";

/** Opens a fresh world; the scenario says what is special about it. */
export type Open = (special?: Pick<StageOptions, "replacePgDump">) => Promise<Stage>;

/** One rehearsal with its asserted end; it throws where the end is not as it must be. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  readonly run: (open: Open) => Promise<Tally>;
}
