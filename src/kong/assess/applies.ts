import type { Applies } from "#src/kong/catalogue/hazard.ts";
import type { HelmRelease } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { compareNumbers, parseNumbers } from "./dotted-number.ts";
import { isRecord } from "./field-path.ts";
import { strategyWords } from "./hop.ts";

/** Whether a limit of a hazard is known not to hold here; a fact that nobody told excludes nothing. */
export function excludes(applies: Applies | undefined, context: Context): boolean {
  if (applies === undefined) return false;
  const { deployment, databaseServer } = context.inventory;
  const strategy = context.hop.strategy ?? deployment.strategy;
  return (
    isElsewhere(applies.topology, deployment.topology) ||
    isElsewhere(applies.database, deployment.database ?? databaseServer?.kind) ||
    (strategy !== undefined && strategyWords(strategy).every((word) => isElsewhere(applies.strategy, word))) ||
    Object.entries(applies.conf ?? {}).some(([key, values]) => isConfiguredElse(key, values, context)) ||
    (applies.chart !== undefined && isOtherChart(applies.chart, context))
  );
}

function isElsewhere(limit: readonly string[] | undefined, fact: string | undefined): boolean {
  return limit !== undefined && fact !== undefined && !limit.includes(fact);
}

/** Nodes may differ: one with a value that counts is enough. */
function isConfiguredElse(key: string, values: readonly string[], { settings, isRead }: Context): boolean {
  const set = settings(key).map(({ fields }) => (isRecord(fields) ? fields["value"] : undefined));
  if (set.length === 0) return isRead("configuration") && !values.includes("unset");
  return !set.some((value) => typeof value === "string" && values.includes(value));
}

function isOtherChart(chart: NonNullable<Applies["chart"]>, { inventory, isRead }: Context): boolean {
  const { helmReleases, deployment } = inventory;
  if (helmReleases.length > 0) return !helmReleases.some((release) => mayCross(release, chart));
  const isOnHost = deployment.platform !== undefined && deployment.platform !== "kubernetes";
  return deployment.isHelm === false || isOnHost || isRead("helm");
}

function mayCross({ chartVersion, targetChartVersion }: HelmRelease, chart: NonNullable<Applies["chart"]>): boolean {
  const isPast = order(chartVersion, chart.fromBelow) >= 0;
  const isShort = order(targetChartVersion, chart.toAtLeast) < 0;
  return !isPast && !isShort;
}

/** Not a number where one of the versions is not known, so that no comparison with it holds. */
function order(version: string | undefined, bound: string): number {
  const numbers = parseNumbers(version ?? "");
  const wanted = parseNumbers(bound);
  return numbers === undefined || wanted === undefined ? Number.NaN : compareNumbers(numbers, wanted);
}
