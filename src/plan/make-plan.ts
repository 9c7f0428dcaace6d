import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { PathRefusalCode } from "#src/kong/upgrade-path.ts";
import { formatVersion, parseVersion } from "#src/kong/version.ts";
import { chooseStrategy, isAnswered as answersPath, rankStrategies } from "./choose-strategy.ts";
import type { Environment } from "./environment.ts";
import { findWay, obstacleOf } from "./find-way.ts";
import type { Way } from "./find-way.ts";
import { findingsOf } from "./findings-of.ts";
import { imageFindings } from "./image-tag.ts";
import { manualFindings } from "./manual-findings.ts";
import type { PlanContext } from "./plan-context.ts";
import { sealPlan } from "./plan.ts";
import type { Journey, Plan, PlanOptions } from "./plan.ts";
import type { PlanRefusal } from "./refusal.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { preproductionFirst, preproductionNotes, refuseWithoutRehearsal } from "./strategies/preproduction-first.ts";
import { runningVersion } from "./running-version.ts";
import { refuseUnsafeText } from "./safe-text.ts";
import { withTimeLimit } from "./step-kinds.ts";
import { jobNotes } from "./steps/job-notes.ts";
import { findStrategy } from "./strategies/registry.ts";

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

/**
 * The checklist for this installation, or every reason why there is none. Where the way takes several upgrades it is the
 * checklist of the first one, and says which follow.
 */
export function makePlan(request: PlanRequest): Result<Plan, readonly PlanRefusal[]> {
  const { upgradeId, environment, facts, options } = request;
  const unsafe = refuseUnsafeText(environment, upgradeId);
  const running = runningVersion(environment, facts, normalise(request.to));
  if (!running.ok) return no([...unsafe, ...running.problem]);
  const from = running.value;
  const way = findWay({ environment, facts, from, to: request.to });
  const to = way.kind === "refused" ? normalise(request.to) : firstStop(way);
  const context: PlanContext = { upgradeId, environment, facts, from, to, options, rehearsal: request.rehearsal };
  const obstacle = obstacleOf(way, environment);
  const chosen = chooseStrategy(context, request.strategy, obstacle);
  const judge = chosen.ok ? chosen.value.strategy : findStrategy(request.strategy);
  const isAnswered = judge !== undefined && answersPath(judge, context, obstacle);
  const refusals = [
    ...unsafe,
    ...(obstacle === undefined || isAnswered ? [] : refusePath(way, request.to, answering(context, obstacle))),
    ...(chosen.ok ? refuseWithoutRehearsal(context, chosen.value.strategy.name) : chosen.problem),
  ];
  if (!chosen.ok || refusals.length > 0) return no(refusals);

  const { strategy, why } = chosen.value;
  const judged = [...imageFindings(context), ...findingsOf(facts, { from, to })];
  const steps = preproductionFirst(context, strategy.steps(context, judged)).map((step) =>
    withTimeLimit(step, environment),
  );
  const journey = journeyOf(way);
  return ok(
    sealPlan({
      kind: "upgrade",
      environment: environment.name,
      strategy: strategy.name,
      from,
      to,
      options,
      ...(journey === undefined ? {} : { journey }),
      findings: [...judged, ...manualFindings(environment, steps)],
      steps,
      notes: [
        ...why,
        ...journeyNotes(journey),
        ...strategy.notes(context),
        ...jobNotes(context),
        ...preproductionNotes(context),
        ...pathNotes(way),
      ],
    }),
  );
}

type AllowedWay = Exclude<Way, { readonly kind: "refused" }>;

function normalise(text: string): string {
  const version = parseVersion(text);
  return version === undefined ? text : formatVersion(version);
}

function firstStop({ to, hops }: AllowedWay): string {
  return formatVersion(hops[0]?.to ?? to);
}

/** Strategies that work here and are made for just this change. */
function answering(context: PlanContext, obstacle: PathRefusalCode | undefined): readonly string[] {
  if (obstacle === undefined) return [];
  return rankStrategies(context).flatMap(({ strategy }) =>
    answersPath(strategy, context, obstacle) ? [strategy.name] : [],
  );
}

function refusePath(way: Way, to: string, strategies: readonly string[]): readonly PlanRefusal[] {
  const instead = strategies.length === 0 ? [] : [`possible with the strategy ${strategies.join(" or ")}`];
  if (way.kind !== "refused") {
    const sentence = `${to} is of another edition than the one that runs, and this strategy changes no edition`;
    return [
      { code: "edition_change", sentence, help: "the strategy oss-to-enterprise changes it, at the same version" },
    ];
  }
  const { code, reason, rule, source, nearest, stops } = way;
  const possible =
    stops.length > 1
      ? `go step by step: ${stops.join(" → ")}`
      : nearest === undefined
        ? undefined
        : `the nearest possible version is ${nearest}`;
  const help = [possible, `${rule} (${source})`, ...instead].filter((part) => part !== undefined).join("; ");
  return [{ code, sentence: reason, help }];
}

function journeyOf(way: Way): Journey | undefined {
  if (way.kind !== "several_hops") return undefined;
  return {
    target: formatVersion(way.to),
    hops: way.hops.map(({ from, to, rule, source, whyNotSkipped }) => ({
      from: formatVersion(from),
      to: formatVersion(to),
      rule,
      source,
      whyNotSkipped,
    })),
  };
}

function journeyNotes(journey: Journey | undefined): readonly string[] {
  if (journey === undefined) return [];
  const stops = journey.hops.map(({ to }) => to).join(" → ");
  return [
    `The way to ${journey.target} takes ${journey.hops.length} upgrades (${stops}), each with a plan of its own; this is the first. When it is completed, ask for the next with the same target.`,
    ...journey.hops.slice(0, -1).map(({ whyNotSkipped, source }) => `${whyNotSkipped} (${source}).`),
  ];
}

function pathNotes(way: Way): readonly string[] {
  if (way.kind === "refused") return [`Path: ${way.reason}, which this strategy is made for (${way.source}).`];
  return [
    `Path: ${way.rule} (${way.source}).`,
    ...way.warnings.map(({ text, source }) => `Warning: ${text} (${source}).`),
    ...way.advice.map(({ text, source }) => `Advice: ${text} (${source}).`),
  ];
}
