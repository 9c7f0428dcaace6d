import { allNodes } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command, Step } from "#src/plan/step.ts";

export function indexOf(plan: Plan, id: string): number {
  return plan.steps.findIndex((step) => step.id === id);
}

export function commandsOf(step: Step): readonly Command[] {
  return step.action.kind === "commands" ? step.action.commands : [];
}

/** Every command of a step as one line of words each. */
export function linesOf(step: Step): readonly string[] {
  return commandsOf(step).map((command) => command.argv.join(" "));
}

/** Whether the node is one of a second cluster that has a database of its own, so that its data can be made again. */
function isClone({ green }: Environment, node: string): boolean {
  return green?.database !== undefined && green.nodes.some(({ name }) => name === node);
}

/** Whether only a restore or a rebuild undoes a step, by what it runs and not by what it says of itself. */
export function isDangerous(step: Step, environment: Environment): boolean {
  if (step.id === "decommission" || step.id === "back-decommission") return true;
  return commandsOf(step).some(({ argv, target }) => {
    const line = argv.join(" ");
    if (line.includes(" migrations finish")) return !isClone(environment, target);
    return line.startsWith("pg_restore ") && isOnDatabaseInUse(argv, environment);
  });
}

/** Whether a PostgreSQL tool works on the database that the old cluster uses. */
function isOnDatabaseInUse(argv: readonly string[], { database }: Environment): boolean {
  if (database === undefined) return false;
  const after = (flag: string): string | undefined => argv[argv.indexOf(flag) + 1];
  return after("-h") === database.host && after("-p") === String(database.port) && after("-d") === database.name;
}

/** Steps that write configuration through an Admin API or with Kong's import, and the node that they write to. */
export function writerOf(step: Step, environment: Environment): string | undefined {
  if (step.action.kind === "request") return step.action.node;
  for (const { argv, target } of commandsOf(step)) {
    if (argv.includes("db_import")) return target;
    if (argv.includes("sync")) {
      return allNodes(environment).find(({ admin }) => admin !== undefined && argv.includes(admin))?.name ?? "unknown";
    }
  }
  return undefined;
}

/** The nodes that a probe asks. */
export function nodesOf(probe: Probe): readonly string[] {
  switch (probe.kind) {
    case "cli_version":
    case "node_stopped":
    case "node_serving":
    case "node_ready":
    case "migrations":
    case "host_answers":
    case "licence_valid":
    case "workers_replaced":
      return [probe.node];
    case "smoke":
      return probe.nodes;
    case "same_entities":
      return [probe.left, probe.right];
    case "no_kong_sessions":
      return probe.except ?? [];
    case "data_planes_synced":
      return [probe.controlPlane];
    default:
      return [];
  }
}

export function wasTouched({ done, begun }: Progress, id: string): boolean {
  return done.includes(id) || begun.includes(id);
}

/** Whether a backup was restored and compared before that step: counts and migration state of a restored database. */
export function isBackupProvenBefore(plan: Plan, index: number): boolean {
  return plan.steps
    .slice(0, index)
    .some(
      (step) =>
        linesOf(step).some((line) => line.startsWith("pg_restore ")) &&
        ["counts_match_baseline", "schema_meta"].every((kind) => step.proof.some((probe) => probe.kind === kind)),
    );
}
