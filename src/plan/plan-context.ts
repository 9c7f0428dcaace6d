import type { Facts } from "#src/kong/facts.ts";
import { greenSide } from "./sides.ts";
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
  /** Set where `environment` is the second cluster's view and that has a database of its own. */
  readonly side?: "green";
  /** The newest rehearsal of the same target, where the environment asks for one. */
  readonly rehearsal?: Rehearsal | undefined;
}

/** The same upgrade as the second cluster sees it: its nodes, and its own database where it has one. */
export function greenContext(context: PlanContext): PlanContext {
  const environment = greenSide(context.environment);
  const isOwn = context.environment.green?.database !== undefined;
  return { ...context, environment, ...(isOwn ? { side: "green" as const } : {}) };
}

/** Which database server a probe of this context means; nothing for the environment's own. */
export function sideFlag({ side }: PlanContext): { readonly side?: "green" } {
  return side === undefined ? {} : { side };
}
