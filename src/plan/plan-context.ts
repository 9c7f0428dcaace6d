import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "./environment.ts";
import type { PlanOptions } from "./plan.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** Everything that the steps of a plan are computed from. */
export interface PlanContext {
  readonly upgradeId: string;
  readonly environment: Environment;
  readonly facts: Facts;
  /** The running version, as all nodes agree. */
  readonly from: string;
  readonly to: string;
  readonly options: PlanOptions;
  /** The newest rehearsal of the same target, where the environment asks for one. */
  readonly rehearsal?: Rehearsal | undefined;
}
