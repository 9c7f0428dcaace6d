import { canonicalJson } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { evidenceText } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import { planSchema } from "./plan.ts";
import type { Plan } from "./plan.ts";
import type { Action, Step } from "./step.ts";

/** A plan and the upgrade that it was made for, whose id stands in names of files and databases. */
export interface NamedPlan {
  readonly upgradeId: string;
  readonly plan: Plan;
}

/** One thing that is not as before, with both values as texts. */
export interface FieldChange {
  /** What it is, in words: `argv`, `class`, `proof`, `time limit`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** A step with its place in its plan, counted from 1. */
export interface PlacedStep {
  readonly number: number;
  readonly step: Step;
}

/** Everything in which two plans differ. */
export interface PlanDiff {
  readonly before: { readonly upgradeId: string; readonly digest: Digest };
  readonly after: { readonly upgradeId: string; readonly digest: Digest };
  /** Environment, versions, strategy and order. */
  readonly head: readonly FieldChange[];
  readonly steps: {
    readonly added: readonly PlacedStep[];
    readonly removed: readonly PlacedStep[];
    readonly changed: readonly (PlacedStep & { readonly fields: readonly FieldChange[] })[];
    /** In both plans, but before or after other steps than it was. */
    readonly moved: readonly (PlacedStep & { readonly before: number })[];
  };
  readonly findings: {
    readonly appeared: readonly Finding[];
    readonly gone: readonly Finding[];
    readonly changed: readonly { readonly finding: Finding; readonly fields: readonly FieldChange[] }[];
  };
  /** Sentences about cost and path that only one of the plans has. */
  readonly notes: { readonly appeared: readonly string[]; readonly gone: readonly string[] };
}

/**
 * What changed between two plans. Names that only carry the other upgrade's id count as the same: two plans of
 * different upgrades would otherwise differ in every step that touches a backup.
 */
export function diffPlans(before: NamedPlan, after: NamedPlan): PlanDiff {
  const old = asIfFor(before, after.upgradeId);
  const { plan } = after;
  const known = new Map(old.steps.map((step, index) => [step.id, { number: index + 1, step }]));
  const placed = plan.steps.map((step, index) => ({ number: index + 1, step }));
  return {
    before: { upgradeId: before.upgradeId, digest: before.plan.digest },
    after: { upgradeId: after.upgradeId, digest: plan.digest },
    head: changes(headOf(old), headOf(plan)),
    steps: {
      added: placed.filter(({ step }) => !known.has(step.id)),
      removed: [...known.values()].filter(({ step }) => !plan.steps.some(({ id }) => id === step.id)),
      changed: placed.flatMap((one) => {
        const was = known.get(one.step.id);
        const fields = was === undefined ? [] : changes(stepFields(was.step), stepFields(one.step));
        return fields.length === 0 ? [] : [{ ...one, fields }];
      }),
      moved: movedSteps(known, placed),
    },
    findings: diffFindings(old.findings, plan.findings),
    notes: {
      appeared: plan.notes.filter((note) => !old.notes.includes(note)),
      gone: old.notes.filter((note) => !plan.notes.includes(note)),
    },
  };
}

/** Whether the two plans would do the same for the same reasons. */
export function isSamePlan({ head, steps, findings, notes }: PlanDiff): boolean {
  const lists = [head, ...Object.values(steps), ...Object.values(findings), ...Object.values(notes)];
  return lists.every((list) => list.length === 0);
}

/** The plan as it would be called for another upgrade; ids stand in paths as they are, in database names in small letters. */
function asIfFor({ upgradeId, plan }: NamedPlan, other: string): Plan {
  if (upgradeId === other) return plan;
  const renamed = JSON.stringify(plan)
    .replaceAll(upgradeId, other)
    .replaceAll(inDatabases(upgradeId), inDatabases(other));
  return planSchema.parse(JSON.parse(renamed));
}

function inDatabases(id: string): string {
  return id.toLowerCase().replaceAll("-", "_");
}

/** What a value is called, and the value as text. */
type Fields = readonly (readonly [string, string])[];

function headOf({ environment, strategy, from, to, options }: Plan): Fields {
  return [
    ["environment", environment],
    ["from", from],
    ["to", to],
    ["strategy", strategy],
    ["order", options.order],
  ];
}

function stepFields(step: Step): Fields {
  return [
    ["title", step.title],
    ["phase", step.phase],
    ["why", step.why],
    ["class", step.class],
    ...actionFields(step.action),
    ["targets", step.targets.join(", ")],
    ["check before", canonicalJson(step.precheck)],
    ["proof", canonicalJson(step.proof)],
    ["time limit", formatDuration(step.timeoutMs)],
    ["may run twice", String(step.isIdempotent)],
    ["way back", step.wayBack],
    ["source", step.source],
  ];
}

function actionFields(action: Action): Fields {
  if (action.kind !== "commands") {
    const { kind, ...rest } = action;
    return [["kind of work", kind], ...Object.entries(rest).map(([field, value]) => [field, textOf(value)] as const)];
  }
  const { commands, exitStatus } = action;
  return [
    ["kind of work", action.kind],
    ["argv", commands.map(({ target, argv }) => `${target}: ${argv.join(" ")}`).join(" ; ")],
    ["variables", canonicalJson(commands.map(({ env }) => env))],
    ["secrets", canonicalJson(commands.map(({ secrets }) => secrets))],
    ["exit status", exitStatus ?? "must be 0"],
  ];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : canonicalJson(value);
}

function changes(before: Fields, after: Fields): readonly FieldChange[] {
  const old = new Map(before);
  const now = new Map(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? "", after: now.get(field) ?? "" }))
    .filter((change) => change.before !== change.after);
}

function diffFindings(before: readonly Finding[], after: readonly Finding[]): PlanDiff["findings"] {
  const known = new Map(before.map((finding) => [finding.id, finding]));
  return {
    appeared: after.filter(({ id }) => !known.has(id)),
    gone: before.filter(({ id }) => !after.some((finding) => finding.id === id)),
    changed: after.flatMap((finding) => {
      const was = known.get(finding.id);
      const fields = was === undefined ? [] : changes(findingFields(was), findingFields(finding));
      return fields.length === 0 ? [] : [{ finding, fields }];
    }),
  };
}

function findingFields({ kind, severity, count, evidence }: Finding): Fields {
  return [
    ["kind", kind],
    ["severity", severity],
    ["count", String(count)],
    ["evidence", evidence.map(evidenceText).join("; ")],
  ];
}

/** Steps outside the longest run of common steps that keeps its order: the fewest that have to move. */
function movedSteps(known: ReadonlyMap<string, PlacedStep>, placed: readonly PlacedStep[]): PlanDiff["steps"]["moved"] {
  const common = placed.flatMap((one) => {
    const was = known.get(one.step.id);
    return was === undefined ? [] : [{ ...one, before: was.number }];
  });
  const runs: (readonly number[])[] = [];
  for (const { before } of common) {
    const longest = runs
      .filter((run) => (run.at(-1) ?? 0) < before)
      .toSorted((left, right) => right.length - left.length)[0];
    runs.push([...(longest ?? []), before]);
  }
  const kept = new Set(runs.toSorted((left, right) => right.length - left.length)[0]);
  return common.filter(({ before }) => !kept.has(before));
}
