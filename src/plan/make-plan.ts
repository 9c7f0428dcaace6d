import { unreachable, no, ok } from "#src/kernel/result.ts";
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
import { refuseFacts } from "./refuse-facts.ts";
import type { PlanRefusal } from "./refusal.ts";
import { runningVersion } from "./running-version.ts";
import { refuseUnsafeText } from "./safe-text.ts";
import { inPlaceNotes, inPlaceSteps } from "./strategies/in-place.ts";

/** The ways to upgrade that can be planned. */
export const strategies = ["in-place"] as const;
export type Strategy = (typeof strategies)[number];

export interface PlanRequest {
  readonly upgradeId: string;
  readonly environment: Environment;
  readonly facts: Facts;
  readonly to: string;
  readonly strategy: Strategy;
  readonly options: PlanOptions;
}

/** The checklist for this installation, or every reason why there is none. */
export function makePlan(request: PlanRequest): Result<Plan, readonly PlanRefusal[]> {
  const { upgradeId, environment, facts, options, strategy } = request;
  const running = runningVersion(environment, facts);
  const refusals = [
    ...refuseUnsafeText(environment, upgradeId),
    ...(running.ok ? refusePath(request, running.value) : running.problem),
    ...refuseFacts(environment, facts),
  ];
  if (!running.ok || refusals.length > 0) return no(refusals);

  const from = running.value;
  const to = normalise(request.to);
  const context: PlanContext = { upgradeId, environment, facts, from, to, options };
  const findings = findFindings(facts, from, to);
  switch (strategy) {
    case "in-place":
      return ok(
        sealPlan({
          kind: "upgrade",
          environment: environment.name,
          strategy,
          from,
          to,
          options,
          findings,
          steps: inPlaceSteps(context, findings),
          notes: [...inPlaceNotes(context), ...pathNotes(verdictOf(request, from))],
        }),
      );
    default:
      return unreachable(strategy);
  }
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
  switch (verdict.kind) {
    case "direct":
      return [];
    case "several_hops":
      return [
        {
          code: "required_stops",
          sentence: `Kong supports no direct upgrade from ${formatVersion(verdict.from)} to ${formatVersion(verdict.to)}`,
          help: helpWithHops(verdict),
        },
      ];
    case "refused":
      return [{ code: verdict.code, sentence: verdict.reason, help: helpOf(verdict) }];
  }
}

/** One plan per hop, and why none of them can be left out. */
function helpWithHops({ hops, rule, source }: Extract<PathVerdict, { readonly kind: "several_hops" }>): string {
  const stops = hops.map(({ to }) => formatVersion(to)).join(" → ");
  const whys = hops.slice(0, -1).map(({ whyNotSkipped }) => whyNotSkipped);
  return [`go step by step: ${stops}`, ...whys, rule, `(${source})`].join("; ");
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
    ...verdict.advice.map((advice) => `Advice: ${advice.text} (${advice.source}).`),
  ];
}

function normalise(text: string): string {
  const version = parseVersion(text);
  return version === undefined ? text : formatVersion(version);
}
