import { databaseOf } from "#src/plan/databases-of.ts";
import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import {
  allServing,
  allStopped,
  migratingNode,
  migrations,
  nodeNames,
  schemaMetaAsBefore,
  smoke,
} from "./check-steps.ts";
import { configurationFlags, kongCommand } from "./kong-command.ts";
import { migrationsFinish, migrationsUp } from "./migration-steps.ts";
import { sources } from "./sources.ts";

/** Whether the new nodes find the database that the old ones use, before anything is frozen. */
export function checkSharedDatabase(context: PlanContext): Step {
  const green = greenContext(context);
  const { name } = databaseOf(context.environment);
  return {
    id: "green-check-database",
    phase: "provision",
    title: `Check that the new nodes find the database ${name}`,
    why: "What a new node says of the migrations has to agree with what the old cluster's database holds. Nothing is written.",
    class: "safe",
    action: { kind: "check" },
    targets: nodeNames(green),
    precheck: [],
    proof: [migrations(green, ["new", "up_to_date"]), schemaMetaAsBefore(context, name)],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by looking.",
    source: sources.sharedDatabase(1),
  };
}

/** `kong migrations up` by a new node while the old ones serve. */
export function upWhileServing(context: PlanContext): Step {
  const step = migrationsUp(greenContext(context));
  return adapted(step, {
    title: `kong migrations up, while ${context.from} serves`,
    why: "Adds what the new version needs and rewrites part of the data at once (2.x → 3.x: `~` before regex paths). It takes exclusive locks: it waits for long transactions, and requests that need the database wait behind it. Its exit status proves nothing.",
    precheck: [...allServing(context, context.from), ...step.precheck],
    proof: [...step.proof, ...allServing(context, context.from)],
    wayBack: `Until \`finish\`, ${context.from} serves on what \`up\` made, if the next test says so: then nothing has to be done for the traffic. Otherwise only the backup brings its data back, with downtime.`,
    source: sources.sharedDatabase(2),
  });
}

/**
 * Lets one old node build its router and plugins from the migrated data. Nodes keep both in memory and `up` tells them
 * nothing, so without it the next test would ask for what they remember (Kong 2.8.5 to 3.9.3, kong/runloop).
 */
export function reloadOld(context: PlanContext): Step {
  const node = migratingNode(context);
  const command = kongCommand(context.environment, node, ["reload", ...configurationFlags(node)]);
  return {
    id: `reload-${node.name}`,
    phase: "migrate",
    title: `Reload ${node.name}, so that it serves from the migrated data`,
    why: "Old nodes go on serving what they hold in memory, whatever `up` made of the data. One of them reads it now, so that the next test means something; the others follow only when they restart. `kong reload` comes back at once, and keeps the old workers without a word when new ones cannot start; so their process ids are compared, and the error log tells why nothing changed.",
    class: "disruptive",
    action: { kind: "commands", commands: [command], notesWorkersOf: node.name },
    targets: [node.name],
    precheck: [{ kind: "node_serving", node: node.name, version: context.from }],
    proof: [
      { kind: "workers_replaced", node: node.name },
      { kind: "node_serving", node: node.name, version: context.from },
    ],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: `If ${node.name} does not serve what it served before, only the backup brings its data back, with downtime.`,
    source: sources.reload,
  };
}

/** Whether the old version still serves on the migrated database: the one thing that the whole strategy stands on. */
export function smokeOld(context: PlanContext): Step {
  const step = smoke(context, context.from, "migrate");
  return adapted(step, {
    id: "smoke-old",
    title: `Try ${context.from} on the migrated database: ${nodeNames(context).join(", ")}`,
    why: `The old nodes carry all traffic on data that \`up\` just changed. If a request fails here that worked before, roll back at once: the way back then restores the backup. ${step.why}`,
    wayBack: "Nothing was changed by testing.",
    source: sources.sharedDatabase(3),
  });
}

/** Whether anybody but the new nodes is still connected to the database, before `finish` takes away what the old version needs. */
export function checkOldGone(context: PlanContext): Step {
  const green = greenContext(context);
  return {
    id: "check-old-gone",
    phase: "finish",
    title: `Check that nothing of ${context.from} is connected to the database any more`,
    why: "`finish` does not look whether old nodes are left. A session from a host that no node is configured for may be a forgotten old node or only a pooler: then a person decides with the list of sessions.",
    class: "safe",
    action: { kind: "check" },
    targets: ["database", ...nodeNames(context)],
    precheck: [],
    proof: [
      ...allStopped(context),
      ...allServing(green, context.to),
      { kind: "no_kong_sessions", except: nodeNames(green) },
    ],
    timeoutMs: context.environment.timeouts.commandMs,
    // Not that it does anything: so that what it cannot decide is `unknown`, which a person may count as done.
    isIdempotent: false,
    wayBack: "Nothing was changed by looking.",
    source: sources.sharedDatabase(5),
  };
}

/** `kong migrations finish` once only the new version is left. */
export function finishShared(context: PlanContext): Step {
  const green = greenContext(context);
  return adapted(migrationsFinish(green, [...allServing(green, context.to), ...allStopped(context)]), {
    wayBack: `Only by restoring the backup into a fresh database and starting ${context.from} on it, with downtime; everything written since the backup is lost.`,
    source: sources.sharedDatabase(6),
  });
}
