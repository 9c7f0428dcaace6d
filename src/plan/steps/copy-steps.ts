import { databaseOf } from "#src/plan/databases-of.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { usesDatabase, viewOf } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import { formerDatabase } from "./backup-layout.ts";
import { allServing, allStopped, migrations, smokeProbes } from "./check-steps.ts";
import { startNode, stopNode } from "./node-steps.ts";
import type { Direction } from "./node-steps.ts";
import { createDatabase, renameDatabase, restoreArchive } from "./postgres-command.ts";
import { restoreKeyring } from "./restore-steps.ts";
import { sources } from "./sources.ts";

/** The last step of a copy: with it proven, everything after is the upgrade itself. */
export const copyChecked = "copy-check";

/** What a copy is made of. */
export interface Copy {
  readonly context: PlanContext;
  /** The environment whose dump it is. */
  readonly origin: string;
  readonly dump: string;
}

/**
 * Rebuilds a preproduction environment from a dump of production, so that the upgrade meets production's configuration.
 * What was there before is kept under another name; nothing of production is touched.
 */
export function copyDatabase(copy: Copy): readonly Step[] {
  const { context } = copy;
  const view = viewOf(
    context,
    context.environment.nodes.filter((node) => usesDatabase(context.environment, node)),
  );
  return [
    checkDump(copy),
    ...view.environment.nodes.map((node) => stop(view, node)),
    setFormerAside({ ...copy, context: view }),
    createEmpty(view),
    restoreDump({ ...copy, context: view }),
    ...view.environment.nodes.map((node) => start(view, node)),
    ...(context.environment.keyring
      ? [{ ...restoreKeyring(view), id: "copy-keyring", phase: "prepare" as const }]
      : []),
    checkCopy(copy),
  ];
}

function checkDump({ context, origin, dump }: Copy): Step {
  return {
    ...copying(context),
    id: "copy-dump",
    title: `Check that the dump of ${origin} can be read`,
    why: "Looked at before anything of this environment is stopped. It has to be of the version that runs here, and recent.",
    class: "safe",
    action: { kind: "check" },
    targets: ["runner"],
    proof: [{ kind: "archive_readable", file: dump }],
    wayBack: "Nothing was changed.",
  };
}

function direction(wayBack: string): Direction {
  return { phase: "prepare", precheck: [], wayBack, source: sources.preproduction };
}

function stop(view: PlanContext, node: KongNode): Step {
  const step = stopNode(view, node, direction("Start the node again; its database was not touched."));
  return { ...step, id: `copy-${step.id}`, why: "No node may use the database while a copy takes its place." };
}

function start(view: PlanContext, node: KongNode): Step {
  const step = startNode(view, { node, version: view.from }, direction("Stop the node again."));
  return { ...step, id: `copy-${step.id}`, title: `Start ${node.name} on the copy` };
}

function setFormerAside({ context, origin }: Copy): Step {
  const { environment } = context;
  const { name } = databaseOf(environment);
  const former = formerDatabase(context);
  return {
    ...copying(context),
    id: "copy-set-aside",
    title: `Keep the database of before as ${former}`,
    why: `The copy of ${origin} takes its name. It is renamed, not dropped; drop it by hand when nobody needs it.`,
    class: "disruptive",
    action: {
      kind: "commands",
      commands: renameDatabase(environment, name, former),
    },
    precheck: [...allStopped(context), { kind: "database_present", name }, { kind: "database_absent", name: former }],
    proof: [
      { kind: "database_present", name: former },
      { kind: "database_absent", name },
    ],
    isIdempotent: false,
    wayBack: `Rename ${former} back to ${name} while no other database has that name.`,
  };
}

function createEmpty(context: PlanContext): Step {
  const { environment } = context;
  const { name } = databaseOf(environment);
  return {
    ...copying(context),
    id: "copy-create",
    title: `Create an empty database ${name}`,
    why: "The dump must meet nothing of what was here before.",
    class: "safe",
    action: { kind: "commands", commands: [createDatabase(environment, name)] },
    precheck: [
      { kind: "database_present", name: formerDatabase(context) },
      { kind: "database_absent", name },
    ],
    proof: [{ kind: "database_present", name }],
    isIdempotent: false,
    wayBack: "Drop the empty database and rename the one of before back.",
  };
}

function restoreDump({ context, origin, dump }: Copy): Step {
  const { environment } = context;
  const { name } = databaseOf(environment);
  return {
    ...copying(context),
    id: "copy-restore",
    title: `Restore the dump of ${origin} into ${name}`,
    why: `This environment has the configuration of ${origin} from here on, its upstreams and credentials too: keep its traffic away from what ${origin} writes to. The migration state proves that the dump is of the version that runs here.`,
    class: "disruptive",
    action: { kind: "commands", commands: [restoreArchive(environment, name, dump)] },
    precheck: [
      ...allStopped(context),
      { kind: "database_present", name: formerDatabase(context) },
      { kind: "archive_readable", file: dump },
    ],
    proof: [migrations(context, ["up_to_date"], context.from), { kind: "migration_lock_free" }],
    timeoutMs: environment.timeouts.backupMs,
    isIdempotent: false,
    wayBack: `Drop ${name}, which is only a copy, and rename ${formerDatabase(context)} back.`,
  };
}

function checkCopy({ context, origin }: Copy): Step {
  return {
    ...copying(context),
    id: copyChecked,
    title: `Check that ${context.environment.name} serves ${context.from} with the configuration of ${origin}`,
    why: "The upgrade is only worth as much as what it starts from.",
    class: "safe",
    action: { kind: "check" },
    targets: context.environment.nodes.map(({ name }) => name),
    proof: [
      ...allServing(context, context.from),
      migrations(context, ["up_to_date"], context.from),
      ...smokeProbes(context),
    ],
    wayBack: "Nothing was changed by looking.",
  };
}

/** A person rebuilds what this program has no dump for: Helm releases, declarative files, or nothing configured. */
export function copyByHand(context: PlanContext, origin: string): readonly Step[] {
  const { environment, from } = context;
  const isDbless = environment.topology === "dbless";
  return [
    {
      ...copying(context),
      id: "copy-by-hand",
      title: `Rebuild ${environment.name} from ${origin}`,
      why: `A rehearsal shows only what it has in common with ${origin}: its configuration, its plugins, its version.`,
      class: "disruptive",
      action: {
        kind: "manual",
        instruction: isDbless
          ? `Whoever runs ${environment.name}: give its nodes the declarative file, the custom plugins and the kong.conf of ${origin} as they are now, and start them with ${from}.`
          : `Whoever runs ${environment.name}: restore the newest backup of ${origin} into an empty database, with the custom plugins and the kong.conf of ${origin}, and start it with ${from}. Set copy_source to the path of the dump and the runner does the restore of nodes on PostgreSQL itself.`,
        button: `It is a copy of ${origin}`,
      },
      targets: environment.nodes.length === 0 ? ["cluster"] : environment.nodes.map(({ name }) => name),
      proof: [],
      wayBack: "Put back by hand what was there before; nothing of production was touched.",
    },
  ];
}

function copying(
  context: PlanContext,
): Pick<Step, "phase" | "targets" | "precheck" | "timeoutMs" | "isIdempotent" | "source"> {
  return {
    phase: "prepare",
    targets: ["database"],
    precheck: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    source: sources.preproduction,
  };
}
