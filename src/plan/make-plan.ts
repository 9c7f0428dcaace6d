import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Facts } from "#src/kong/facts.ts";
import { findFindings } from "#src/kong/hazards/find-findings.ts";
import { checkPath } from "#src/kong/upgrade-path.ts";
import type { PathRefusal, PathRefusalCode, PathVerdict } from "#src/kong/upgrade-path.ts";
import { formatVersion, parseVersion } from "#src/kong/version.ts";
import type { Environment } from "./environment.ts";
import type { PlanContext } from "./plan-context.ts";
import { sealPlan } from "./plan.ts";
import type { Plan, PlanOptions } from "./plan.ts";
import { chooseStrategy, isAnswered, rankStrategies } from "./choose-strategy.ts";
import type { PlanRefusal } from "./refusal.ts";
import { runningVersion } from "./running-version.ts";
import { findStrategy } from "./strategies/registry.ts";
import { refuseUnsafeText } from "./safe-text.ts";

export interface PlanRequest {
  readonly upgradeId: string;
  readonly environment: Environment;
  readonly facts: Facts;
  readonly to: string;
  /** The name of a strategy, or `recommended`. */
  readonly strategy: string;
  readonly options: PlanOptions;
}

/** The checklist for this installation, or every reason why there is none. */
export function makePlan(request: PlanRequest): Result<Plan, readonly PlanRefusal[]> {
  const { upgradeId, environment, facts, options } = request;
  const unsafe = refuseUnsafeText(environment, upgradeId);
  const running = runningVersion(environment, facts);
  if (!running.ok) return no([...unsafe, ...running.problem]);

  const from = running.value;
  const to = normalise(request.to);
  const context: PlanContext = { upgradeId, environment, facts, from, to, options };
  const verdict = verdictOf(request, from);
  const path = verdict.kind === "refused" ? verdict.code : undefined;
  const chosen = chooseStrategy(context, request.strategy, path);
  const judge = chosen.ok ? chosen.value.strategy : findStrategy(request.strategy);
  const isAllowed = judge !== undefined && isAnswered(judge, context, path);
  const refusals = [...unsafe, ...(isAllowed ? [] : refusePath(verdict, answering(context, path)))];
  if (!chosen.ok) return no([...refusals, ...chosen.problem]);
  const { strategy, why } = chosen.value;
  if (refusals.length > 0) return no(refusals);
  const findings = findFindings(facts, from, to);
  return ok(
    sealPlan({
      kind: "upgrade",
      environment: environment.name,
      strategy: strategy.name,
      from,
      to,
      options,
      findings,
      steps: strategy.steps(context, findings),
      notes: [...why, ...strategy.notes(context), ...pathNotes(verdict)],
    }),
  );
}

function verdictOf({ environment, facts, to }: PlanRequest, from: string): PathVerdict {
  return checkPath({
    from,
    to,
    edition: environment.edition,
    postgresVersion: facts.database?.serverVersion,
    today: facts.observedAt.slice(0, "2026-11-21".length),
  });
}

function refusePath(verdict: PathVerdict, others: readonly string[]): readonly PlanRefusal[] {
  if (verdict.kind === "direct") return [];
  const way = others.length === 0 ? "" : `; possible with the strategy ${others.join(" or ")}`;
  return [{ code: verdict.code, sentence: verdict.reason, help: `${helpOf(verdict)}${way}` }];
}

/** Strategies that work here and are made for just this change. */
function answering(context: PlanContext, path: PathRefusalCode | undefined): readonly string[] {
  if (path === undefined) return [];
  return rankStrategies(context).flatMap(({ strategy }) =>
    isAnswered(strategy, context, path) ? [strategy.name] : [],
  );
}

function helpOf({ rule, source, nearest, stops }: PathRefusal): string {
  const way =
    stops.length > 1
      ? `go step by step: ${stops.join(" → ")}`
      : nearest === undefined
        ? undefined
        : `the nearest possible version is ${nearest}`;
  return [way, rule, `(${source})`].filter((part) => part !== undefined).join("; ");
}

function pathNotes(verdict: PathVerdict): readonly string[] {
  if (verdict.kind === "refused") return [];
  return [
    `Path: ${verdict.rule} (${verdict.source}).`,
    ...verdict.warnings.map((warning) => `Warning: ${warning.text} (${warning.source}).`),
  ];
}

function normalise(text: string): string {
  const version = parseVersion(text);
  return version === undefined ? text : formatVersion(version);
}
