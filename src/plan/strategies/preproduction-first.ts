import { formatDuration } from "#src/kernel/duration.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import { tellsTraffic } from "#src/plan/environment.ts";
import { usesDatabase } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import type { Rehearsal } from "#src/plan/rehearsal.ts";
import { settlingMs } from "#src/plan/settling.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import { copyByHand, copyDatabase } from "#src/plan/steps/copy-steps.ts";
import { sources } from "#src/plan/steps/sources.ts";

/** A rehearsal says nothing about a configuration that has changed for a month since. */
const rehearsalIsFreshMs = 30 * 86_400_000;

/**
 * Preproduction first, as a part of any strategy: the copy of production is rebuilt before the same plan runs on it, and
 * production begins with the evidence that it went well there.
 */
export function preproductionFirst(context: PlanContext, steps: readonly Step[]): readonly Step[] {
  return [...evidence(context), ...copy(context), ...settled(context, onCopy(context, steps))];
}

/** Copying stops the nodes: a baseline that still holds this downtime would let the upgrade fail as many requests. */
function settled({ environment }: PlanContext, steps: readonly Step[]): readonly Step[] {
  const { copyOf, soak } = environment;
  const settleMs = Math.ceil(settlingMs(soak.durationMs));
  if (copyOf === undefined || !tellsTraffic(environment) || settleMs === 0) return steps;
  return steps.map((step) =>
    step.action.kind === "baseline"
      ? adapted(step, {
          why: `${step.why} It waits ${formatDuration(settleMs)} first: the downtime of copying is still in the error rate of the last minutes.`,
          action: { ...step.action, settleMs },
          timeoutMs: step.timeoutMs + settleMs,
        })
      : step,
  );
}

/** Why production may not do this yet; empty where it has no preproduction environment, or a rehearsal that fits. */
export function refuseWithoutRehearsal(context: PlanContext, strategy: string): readonly PlanRefusal[] {
  const { preproduction } = context.environment;
  if (preproduction === undefined) return [];
  const problem = problemOf(context, { preproduction, strategy });
  if (problem === undefined) return [];
  return [
    {
      code: "preproduction_missing",
      sentence: problem,
      help: `type \`/kong-upgrade plan ${preproduction} --to ${context.to} --strategy ${strategy}\` in its channel, start it, and plan again when it is completed`,
    },
  ];
}

function problemOf(
  { environment, facts, from, to, rehearsal }: PlanContext,
  wanted: { readonly preproduction: string; readonly strategy: string },
): string | undefined {
  const { preproduction, strategy } = wanted;
  const way = `${from} → ${to} by ${strategy}`;
  const asked = `${environment.name} asks for a rehearsal of ${way} on ${preproduction}`;
  if (rehearsal === undefined || rehearsal.environment !== preproduction) return `${asked}, and none was completed`;
  const { upgradeId, completedAt } = rehearsal;
  if (rehearsal.from !== from || rehearsal.to !== to || rehearsal.strategy !== strategy) {
    return `${asked}; the newest one, ${upgradeId}, was ${rehearsal.from} → ${rehearsal.to} by ${rehearsal.strategy}`;
  }
  return isAfter(facts.observedAt, addMs(completedAt, rehearsalIsFreshMs))
    ? `${asked}; the newest one, ${upgradeId}, is of ${completedAt} and older than 30 days`
    : undefined;
}

function evidence({ environment, rehearsal }: PlanContext): readonly Step[] {
  if (environment.preproduction === undefined || rehearsal === undefined) return [];
  return [
    {
      id: "preproduction-evidence",
      phase: "prepare",
      title: `Read how ${rehearsal.upgradeId} went on ${rehearsal.environment}`,
      why: "The same way was gone there. What was retried, counted as done or took long is going to be met here too; this step is part of the plan's digest, so another rehearsal is another plan.",
      class: "safe",
      action: {
        kind: "manual",
        instruction: `${describe(rehearsal)} Read its change record: findings, retries, notes, durations. Whatever had to be repaired there is repaired here before this goes on.`,
        button: "The evidence is read",
      },
      targets: [rehearsal.environment],
      precheck: [],
      proof: [],
      timeoutMs: environment.timeouts.commandMs,
      isIdempotent: true,
      wayBack: "Nothing was changed.",
      source: sources.preproduction,
    },
  ];
}

function describe({ upgradeId, environment, from, to, strategy, completedAt, recordHead }: Rehearsal): string {
  const head = recordHead === undefined ? "" : `, record ${recordHead}`;
  return `${upgradeId} took ${environment} from ${from} to ${to} by ${strategy}, completed at ${completedAt}${head}.`;
}

function copy(context: PlanContext): readonly Step[] {
  const { copyOf, copySource, database, nodes } = context.environment;
  if (copyOf === undefined) return [];
  const canRestore =
    copySource !== undefined && database !== undefined && nodes.some((node) => usesDatabase(context.environment, node));
  return canRestore ? copyDatabase({ context, origin: copyOf, dump: copySource }) : copyByHand(context, copyOf);
}

/**
 * The names in `schema_meta` were read before the copy came: those of production are not the same where it has other
 * plugins or another past. What Kong itself says of its migrations is asked all the same.
 */
export function onCopy({ environment }: PlanContext, steps: readonly Step[]): readonly Step[] {
  if (environment.copyOf === undefined) return steps;
  return steps.map((step) =>
    Object.assign({}, step, { precheck: withoutNames(step.precheck), proof: withoutNames(step.proof) }),
  );
}

/** A step that nothing else proves keeps its question: no proof would be worse than one that is too strict. */
function withoutNames(probes: readonly Probe[]): readonly Probe[] {
  const kept = probes.filter(({ kind }) => kind !== "schema_meta");
  return kept.length === 0 ? probes : kept;
}

/** What a copy means for what this plan says. */
export function preproductionNotes({ environment }: PlanContext): readonly string[] {
  const { copyOf } = environment;
  if (copyOf === undefined) return [];
  return [
    `${environment.name} is rebuilt from ${copyOf} first. The findings were looked for in what it held before that; the upgrade itself meets what ${copyOf} has.`,
    `A completed upgrade here is the evidence that ${copyOf} asks for, for 30 days and for the same versions and strategy.`,
  ];
}
