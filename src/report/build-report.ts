import type { Facts } from "#src/kong/facts.ts";
import { formatVersion } from "#src/kong/version.ts";
import { chooseStrategy, rankStrategies } from "#src/plan/choose-strategy.ts";
import type { Environment } from "#src/plan/environment.ts";
import { findWay } from "#src/plan/find-way.ts";
import { makePlans } from "#src/plan/make-plans.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Plan, PlanOptions } from "#src/plan/plan.ts";
import { runningVersion } from "#src/plan/running-version.ts";
import { strategies } from "#src/plan/strategies/registry.ts";
import type { CheckReport, HopReport, PathReport, StepOutline, StrategyReport } from "./check-report.ts";
import { factRows } from "./fact-rows.ts";

export interface ReportRequest {
  readonly subject: string;
  readonly upgradeId: string;
  readonly environment: Environment;
  readonly facts: Facts;
  readonly to: string;
  readonly strategy: string;
  readonly options: PlanOptions;
  readonly toolVersion: string;
}

/** Everything that is known about an upgrade before it is started, from the facts of a survey. */
export function buildReport(request: ReportRequest): CheckReport {
  const { environment, facts, subject, to, toolVersion } = request;
  const running = runningVersion(environment, facts, to);
  const shared = {
    subject,
    to,
    facts: factRows(facts),
    sources: facts.sources,
    toolVersion,
    at: facts.observedAt,
  };
  if (!running.ok) {
    const problem = running.problem.map(({ sentence }) => sentence).join("; ");
    const help = running.problem.map((refusal) => refusal.help).join("; ");
    return { ...shared, from: undefined, path: { kind: "unknown", problem, help }, hops: [], strategies: [] };
  }
  const from = running.value;
  const path = pathReport(environment, facts, { from, to });
  return {
    ...shared,
    from,
    path,
    hops: hopReports(request),
    strategies: strategyReports({ ...request, from, upgradeId: request.upgradeId }, request.strategy),
  };
}

function pathReport(
  environment: Environment,
  facts: Facts,
  hop: { readonly from: string; readonly to: string },
): PathReport {
  const way = findWay({ environment, facts, ...hop });
  if (way.kind === "refused") {
    const { reason, rule, source, nearest, stops } = way;
    const stepwise = stops.length > 0 ? [`go by ${stops.join(" → ")}`] : [];
    const possible = nearest === undefined ? [] : [`the nearest possible version is ${nearest}`];
    return { kind: "refused", reason, help: [...stepwise, ...possible, rule].join("; "), source };
  }
  const { rule, source, hops, warnings, advice } = way;
  const stops =
    hops.length > 1 ? `${hops.length} upgrades, ${hops.map(({ to }) => formatVersion(to)).join(" → ")}: ` : "";
  return { kind: "possible", rule: `${stops}${rule}`, source, warnings: [...warnings, ...advice] };
}

/** What each upgrade on the way meets, with the checklist that would be followed. */
function hopReports(request: ReportRequest): readonly HopReport[] {
  const made = makePlans(request);
  const plans = made.ok ? made.value : [];
  const journey = plans[0]?.journey;
  return (request.facts.assessment?.hops ?? []).map((hop, index) => {
    const plan = plans[index];
    const stop = journey?.hops[index];
    return Object.assign(
      { ...hop, rule: stop?.rule ?? "", steps: plan === undefined ? [] : outlineOf(plan) },
      stop === undefined ? {} : { whyNotSkipped: stop.whyNotSkipped },
      // Only the first upgrade can be started; the digests of previews would promise too much.
      plan === undefined || index > 0 ? {} : { planDigest: plan.digest },
    );
  });
}

function outlineOf({ steps }: Plan): readonly StepOutline[] {
  return steps.map(({ id, title, class: stepClass, targets }) => ({ id, title, class: stepClass, targets }));
}

/** Every strategy with how well it suits; those that cannot work say why. */
function strategyReports(context: PlanContext, wanted: string): readonly StrategyReport[] {
  const ranked = rankStrategies(context).map(({ strategy, fit }) => ({
    name: strategy.name,
    rank: fit.rank,
    reason: fit.reason,
  }));
  const refused = strategies.flatMap((strategy): readonly StrategyReport[] => {
    const reasons = strategy.refuse(context);
    if (reasons.length === 0) return [];
    return [{ name: strategy.name, rank: "refused", reason: reasons.map(({ sentence }) => sentence).join("; ") }];
  });
  const chosen = chooseStrategy(context, wanted);
  const first = chosen.ok ? chosen.value.strategy.name : undefined;
  return [...ranked.toSorted((left, right) => Number(right.name === first) - Number(left.name === first)), ...refused];
}
