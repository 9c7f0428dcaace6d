import { greenSide } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Side } from "#src/upgrade/frozen-reference.ts";

/** The environment as that cluster sees it. @throws Error where there is no second cluster */
export function onSide(environment: Environment, side: Side): Environment {
  return side === "green" ? greenSide(environment) : environment;
}

/** The configuration's figures of that cluster. Clusters that share one database share its figures. */
export function figuresOf(
  baseline: Measurements,
  environment: Environment,
  side: Side,
): Pick<Measurements, "counts" | "fingerprint"> {
  return hasOwnFigures(environment, side) ? (baseline.green ?? {}) : baseline;
}

/**
 * What was just measured on that cluster, as it is recorded: never over the figures of the other one, and never over the
 * counts that a backup is compared with. Without a database there is no such backup, and counts tell changes too.
 */
export function recordedAs(
  { counts, fingerprint }: Pick<Measurements, "counts" | "fingerprint">,
  environment: Environment,
  side: Side,
): Measurements {
  const both = { ...(counts && { counts }), ...(fingerprint && { fingerprint }) };
  if (hasOwnFigures(environment, side)) return { green: both };
  return environment.database === undefined ? both : { ...(fingerprint && { fingerprint }) };
}

function hasOwnFigures({ green }: Environment, side: Side): boolean {
  return side === "green" && green?.database !== undefined;
}
