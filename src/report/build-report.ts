import type { Facts } from "#src/kong/facts.ts";
import { checkPath } from "#src/kong/upgrade-path.ts";
import type { PathQuestion } from "#src/kong/upgrade-path.ts";
import { chooseStrategy, rankStrategies } from "#src/plan/choose-strategy.ts";
import type { Environment } from "#src/plan/environment.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { PlanOptions } from "#src/plan/plan.ts";
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
  const running = runningVersion(environment, facts);
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
    hops: (facts.assessment?.hops ?? []).map((hop) => ({
      ...hop,
      rule: path.kind === "possible" ? path.rule : "",
      ...stepsOf(request, hop.to),
    })),
    strategies: strategyReports({ ...request, from, upgradeId: request.upgradeId }, request.strategy),
  };
}

function pathReport(
  environment: Environment,
  facts: Facts,
  hop: { readonly from: string; readonly to: string },
): PathReport {
  const question: PathQuestion = {
    ...hop,
    edition: environment.edition,
    postgresVersion: facts.database?.serverVersion,
    today: facts.observedAt.slice(0, "2026-11-21".length),
  };
  const verdict = checkPath(question);
  if (verdict.kind === "direct")
    return { kind: "possible", rule: verdict.rule, source: verdict.source, warnings: verdict.warnings };
  return { kind: "refused", reason: verdict.reason, help: verdict.rule, source: verdict.source };
}

function stepsOf(request: ReportRequest, to: string): Pick<HopReport, "steps" | "planDigest"> {
  const made = makePlan({ ...request, to });
  if (!made.ok) return { steps: [] };
  return {
    planDigest: made.value.digest,
    steps: made.value.steps.map(({ id, title, class: stepClass, targets }): StepOutline => ({
      id,
      title,
      class: stepClass,
      targets,
    })),
  };
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
