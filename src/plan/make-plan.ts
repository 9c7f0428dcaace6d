import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Facts } from "#src/kong/facts.ts";
import { findFindings } from "#src/kong/hazards/find-findings.ts";
import { checkPath } from "#src/kong/upgrade-path.ts";
import type { PathRefusal, PathVerdict } from "#src/kong/upgrade-path.ts";
import { formatVersion, parseVersion } from "#src/kong/version.ts";
import type { Environment } from "./environment.ts";
import type { PlanContext } from "./plan-context.ts";
import { sealPlan } from "./plan.ts";
import type { Plan, PlanOptions } from "./plan.ts";
import { chooseStrategy } from "./choose-strategy.ts";
import type { PlanRefusal } from "./refusal.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { preproductionFirst, preproductionNotes, refuseWithoutRehearsal } from "./strategies/preproduction-first.ts";
import { runningVersion } from "./running-version.ts";
import { refuseUnsafeText } from "./safe-text.ts";

export interface PlanRequest {
  readonly upgradeId: string;
  readonly environment: Environment;
  readonly facts: Facts;
  readonly to: string;
  /** The name of a strategy, or `recommended`. */
  readonly strategy: string;
  readonly options: PlanOptions;
  /** What the preproduction environment went through before, where there is one. */
  readonly rehearsal?: Rehearsal | undefined;
}

/** The checklist for this installation, or every reason why there is none. */
export function makePlan(request: PlanRequest): Result<Plan, readonly PlanRefusal[]> {
  const { upgradeId, environment, facts, options } = request;
  const to = normalise(request.to);
  const running = runningVersion(environment, facts, to);
  const refusals = [
    ...refuseUnsafeText(environment, upgradeId),
    ...(running.ok ? refusePath(request, running.value) : running.problem),
  ];
  if (!running.ok) return no(refusals);

  const from = running.value;
  const context: PlanContext = { upgradeId, environment, facts, from, to, options, rehearsal: request.rehearsal };
  const chosen = chooseStrategy(context, request.strategy);
  if (!chosen.ok) return no([...refusals, ...chosen.problem]);
  const { strategy, why } = chosen.value;
  const problems = [...refusals, ...refuseWithoutRehearsal(context, strategy.name)];
  if (problems.length > 0) return no(problems);
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
      steps: preproductionFirst(context, strategy.steps(context, findings)),
      notes: [
        ...why,
        ...strategy.notes(context),
        ...preproductionNotes(context),
        ...pathNotes(verdictOf(request, from)),
      ],
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

function refusePath(request: PlanRequest, from: string): readonly PlanRefusal[] {
  const verdict = verdictOf(request, from);
  if (verdict.kind === "direct") return [];
  return [{ code: verdict.code, sentence: verdict.reason, help: helpOf(verdict) }];
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
