import type { Applies } from "#src/kong/catalogue/hazard.ts";
import type { HelmRelease } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { compareNumbers, parseNumbers } from "./dotted-number.ts";
import { isRecord } from "./field-path.ts";
import { strategyWords } from "./hop.ts";
import { anyOf, fails, holds, openBecause } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Whether a hazard matters here by its limits. A topology, database, strategy or setting that nobody told excludes nothing.
 * A chart's version that nobody told leaves it open: what the values are read for depends on it.
 */
export function applicability(applies: Applies | undefined, context: Context): Verdict {
  if (applies === undefined) return holds;
  if (excludes(applies, context)) return fails;
  return applies.chart === undefined ? holds : crossing(applies.chart, context);
}

function excludes(applies: Applies, context: Context): boolean {
  const { deployment, databaseServer } = context.inventory;
  const strategy = context.hop.strategy ?? deployment.strategy;
  return (
    isElsewhere(applies.topology, deployment.topology) ||
    isElsewhere(applies.database, deployment.database ?? databaseServer?.kind) ||
    (strategy !== undefined && strategyWords(strategy).every((word) => isElsewhere(applies.strategy, word))) ||
    Object.entries(applies.conf ?? {}).some(([key, values]) => isConfiguredElse(key, values, context))
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

type Chart = NonNullable<Applies["chart"]>;

/** Whether some release's chart goes over the version that brought the change. */
function crossing(chart: Chart, { inventory, isRead }: Context): Verdict {
  const { helmReleases, deployment } = inventory;
  if (helmReleases.length > 0) return anyOf(helmReleases.map((release) => crossingOf(release, chart)));
  const isOnHost = deployment.platform !== undefined && deployment.platform !== "kubernetes";
  return deployment.isHelm === false || isOnHost || isRead("helm") ? fails : openBecause(["helm"]);
}

function crossingOf({ chartVersion, targetChartVersion }: HelmRelease, { fromBelow, toAtLeast }: Chart): Verdict {
  const start = order(chartVersion, fromBelow);
  const end = order(targetChartVersion, toAtLeast);
  if ((start !== undefined && start >= 0) || (end !== undefined && end < 0)) return fails;
  return start === undefined || end === undefined ? openBecause(["helm"]) : holds;
}

/** Undefined where the version is not known. */
function order(version: string | undefined, bound: string): number | undefined {
  const numbers = parseNumbers(version ?? "");
  const wanted = parseNumbers(bound);
  return numbers === undefined || wanted === undefined ? undefined : compareNumbers(numbers, wanted);
}
