import { canonicalJson } from "#src/kernel/digest.ts";
import { allNodes } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Hook } from "#src/plan/hook.ts";
import { asDeclared, hookOf, proofOf } from "#src/plan/hook-of.ts";
import { pointOfNoReturn } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Step } from "#src/plan/step.ts";
import { commandsOf, indexOf, isBackupProvenBefore, isDangerous, nodesOf, wasTouched, writerOf } from "./step-facts.ts";
import type { Given, Subject } from "./subject.ts";

/** What is wrong with the steps of a plan as a checklist for people. */
export function ofShape({ steps }: Plan): readonly string[] {
  const ids = steps.map((step) => step.id);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`),
    ...steps.flatMap((step) => [
      ...told(step.proof.length > 0 || step.action.kind === "manual", `${step.id} has no proof`),
      ...told(step.targets.length > 0, `${step.id} has no target`),
      ...told(step.timeoutMs > 0, `${step.id} has no time limit`),
      ...told(/^[a-z0-9-]{1,60}$/u.test(step.id), `${step.id} is no id`),
      ...([step.wayBack, step.why, step.source, step.title].includes("") ? [`${step.id} leaves a text empty`] : []),
    ]),
  ];
}

/** What says after an unknown outcome whether the work was done: by the program that a command starts. */
const evidenceOf: readonly (readonly [RegExp, readonly Probe["kind"][]])[] = [
  [/ migrations (?:up|finish|bootstrap)/u, ["migrations", "migrations_in_cluster", "schema_meta"]],
  [/^pg_dump /u, ["archive_readable"]],
  [/^pg_restore .*-d /u, ["schema_meta", "counts_match_baseline", "same_entities", "migrations"]],
  [/^helm .*(?:upgrade|rollback) /u, ["workload_rolled_out", "migrations_in_cluster", "no_other_image"]],
];

/** Steps that must not be done twice, and whose unknown outcome would find nothing to look at. */
export function ofUnknown({ steps }: Plan, { hooks }: Environment): readonly string[] {
  return steps.flatMap((step) => {
    if (step.action.kind !== "commands") return [];
    const mustNotRepeat = step.class === "irreversible" || !asDeclared(step, hooks).isIdempotent;
    const kinds = proofOf(step).map(({ kind }) => kind);
    const lines = step.action.commands.map(({ argv }) => argv.join(" "));
    const wanted = evidenceOf.filter(([pattern]) => lines.some((line) => pattern.test(line)));
    const isHook = Object.values(hooks).some((hook) => hook !== undefined && lines.some((line) => isOf(hook, line)));
    return [
      ...told(!mustNotRepeat || kinds.length > 0, `${step.id} must not be repeated, and nothing is asked about it`),
      ...wanted.flatMap(([pattern, answers]) =>
        told(
          answers.some((kind) => kinds.includes(kind)),
          `${step.id} runs ${pattern.source} and asks only ${kinds.join(", ")}`,
        ),
      ),
      ...told(isHook === (hookOf(step, hooks) !== undefined), `whether ${step.id} runs a hook is not told by its id`),
    ];
  });
}

function isOf({ argv: [program = ""] }: Hook, line: string): boolean {
  return line.startsWith(`${program} `);
}

/**
 * What a person's step calls its proof and nobody asks: runners do no such step, so a later one of theirs has to. That a
 * host is there shows when Kong is asked on it.
 */
export function ofPersons({ steps }: Plan): readonly string[] {
  return steps.flatMap(({ id, action, proof }, index) => {
    if (action.kind !== "manual") return [];
    const asked = new Set(
      steps
        .slice(index + 1)
        .filter((later) => later.action.kind !== "manual")
        .flatMap((later) => [...later.precheck, ...later.proof].map((probe) => canonicalJson(probe))),
    );
    return proof
      .filter((probe) => probe.kind !== "host_answers" && !asked.has(canonicalJson(probe)))
      .map(({ kind }) => `nobody asks ${kind} after ${id}`);
  });
}

/** Placeholders that were not filled, and nodes that the environment does not have. */
export function ofNames(plan: Plan, environment: Environment): readonly string[] {
  const known = new Set([...allNodes(environment).map(({ name }) => name), "runner"]);
  return plan.steps.flatMap((step) => {
    const named = [
      ...commandsOf(step).map(({ target }) => target),
      ...[...step.precheck, ...step.proof].flatMap(nodesOf),
      ...(step.action.kind === "request" ? [step.action.node] : []),
    ];
    return [
      ...named.filter((name) => !known.has(name)).map((name) => `${step.id} names ${name}`),
      ...told(
        !/\{(?:version|from|node|share)\}|undefined|\[object/u.test(JSON.stringify(step)),
        `${step.id} has a hole`,
      ),
    ];
  });
}

/** Old data that could be lost at the point of no return. */
export function ofBackup(plan: Plan, { backup }: Subject): readonly string[] {
  const point = pointOfNoReturn(plan);
  const index = point === undefined ? plan.steps.length : indexOf(plan, point.id);
  return backup === "restored"
    ? told(isBackupProvenBefore(plan, index), "no backup was proven before the point of no return")
    : told(backup.test(plan.notes.join("\n")), "nothing says why no backup is needed");
}

/** Steps whose class does not say what they do. */
export function ofClass(plan: Plan, given: Given, subject: Subject): readonly string[] {
  return plan.steps.flatMap((step) => {
    const isIrreversible = subject.isDangerous?.(step, given) ?? isDangerous(step, given.environment);
    return [
      ...told((step.class === "irreversible") === isIrreversible, `${step.id} is ${step.class}`),
      ...told(
        !(isIrreversible && step.action.kind === "commands" && step.isIdempotent),
        `${step.id} is irreversible and would be repeated`,
      ),
    ];
  });
}

/** A freeze that is not lifted right before the end, or is lifted without having been there. */
export function ofFreeze({ kind, steps }: Plan, isFrozen: boolean): readonly string[] {
  const prefix = kind === "rollback" ? "back-" : "";
  const ids = steps.map((step) => step.id);
  const end = ids.slice(-2);
  return isFrozen
    ? told(end[0] === `${prefix}unfreeze` && end[1] === `${prefix}close`, `it ends with ${end.join(", ")}`)
    : told(!ids.includes(`${prefix}unfreeze`), "it lifts a freeze that was not there");
}

/** Whatever would force, reset, clean over or drop what Kong used. */
export function ofForce(plan: Plan, environment: Environment): readonly string[] {
  const used = new Set([environment.database?.name, environment.green?.database?.name]);
  const isForced = (argv: readonly string[]): boolean => {
    const line = argv.join(" ");
    return (
      /--clean| reset|drop (?:database|schema|keyspace)/iu.test(line) ||
      (argv.includes("migrations") && /\s(?:-f|--force|-y|--yes)\b/u.test(line)) ||
      (argv[0] === environment.tools.dropdb && used.has(argv.at(-1)))
    );
  };
  return plan.steps.flatMap((step) =>
    commandsOf(step)
      .filter(({ argv }) => isForced(argv))
      .map(({ argv }) => `${step.id} runs ${argv.join(" ")}`),
  );
}

/** Writes to a side that must not be written: the old one, or data that both share before `finish`. */
export function ofWrites(plan: Plan, { green, ...environment }: Environment): readonly string[] {
  const finish = indexOf(plan, "migrations-finish");
  return plan.steps.flatMap((step, index) => {
    const node = writerOf(step, { ...environment, ...(green === undefined ? {} : { green }) });
    if (node === undefined) return [];
    const isOwn = finish < 0 && green?.nodes.some(({ name }) => name === node) === true;
    const isFinished = finish >= 0 && index > finish;
    return told(plan.kind === "upgrade" && (isOwn || isFinished), `${step.id} writes to ${node}`);
  });
}

/** What a way back undoes although the upgrade had not touched it, and old nodes that it leaves down. */
export function ofUndoing(back: Plan, progress: Progress, environment: Environment): readonly string[] {
  const ids = new Set(back.steps.map((step) => step.id));
  const isAny = (...touched: readonly string[]): boolean => touched.some((id) => wasTouched(progress, id));
  const isRestored = ids.has("back-restore-database");
  const isShifted = [...progress.done, ...progress.begun].some((id) => /^(?:shift-|stop-|decommission)/u.test(id));
  const allowed: Readonly<Record<string, boolean>> = {
    "back-restore-database": isAny("migrations-up", "migrations-finish"),
    "back-shift-0": isShifted,
    "back-install": isAny("install", "decommission"),
    "back-unfreeze": isAny("freeze"),
    ...Object.fromEntries(
      allNodes(environment).flatMap(({ name }) => [
        // A restore stops whatever may use the database, and decommissioning leaves nothing running.
        [`back-stop-${name}`, isRestored || isAny(`start-${name}`)],
        [`back-start-${name}`, isRestored || isAny(`stop-${name}`, "decommission")],
      ]),
    ),
  };
  return [
    ...[...ids].filter((id) => allowed[id] === false).map((id) => `${id} undoes what was not done`),
    ...environment.nodes
      .filter(({ name }) => isAny(`stop-${name}`) && !ids.has(`back-start-${name}`))
      .map(({ name }) => `${name} stays down`),
  ];
}

function told(isRight: boolean, complaint: string): readonly string[] {
  return isRight ? [] : [complaint];
}

/** The step of that id. @throws Error where the plan has none */
export function stepOf(plan: Plan, id: string): Step {
  const step = plan.steps.find((candidate) => candidate.id === id);
  if (step === undefined) throw new Error(`there is no step ${id}`);
  return step;
}

/**
 * Steps that let Kong migrate and do not look first whether somebody holds its migration lock, on the very database: `up`
 * and `finish` exit with 0 then, and have done nothing. Where no runner reaches the database nobody can look.
 */
export function ofMigrationLock({ steps }: Plan, environment: Environment): readonly string[] {
  const { database, green } = environment;
  return steps.flatMap((step) =>
    commandsOf(step).flatMap(({ argv, target }) => {
      const line = argv.join(" ");
      const isOfKong = / migrations (?:up|finish)(?: |$)/u.test(line);
      const isOfHelm = database !== undefined && /migrations\.(?:pre|post)Upgrade=true/u.test(line);
      if (!isOfKong && !isOfHelm) return [];
      const isOnGreen = green?.database !== undefined && green.nodes.some(({ name }) => name === target);
      const isAsked = step.precheck.some(
        (probe) => probe.kind === "migration_lock_free" && (probe.side === "green") === isOnGreen,
      );
      return told(isAsked, `${step.id} does not look at Kong's migration lock first`);
    }),
  );
}

/** Steps that let Kong migrate. */
export function migrating({ steps }: Plan): number {
  return steps.filter((step) =>
    commandsOf(step).some(({ argv }) =>
      / migrations (?:up|finish)(?: |$)|migrations\.(?:pre|post)Upgrade=true/u.test(argv.join(" ")),
    ),
  ).length;
}
