import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import { declarativeFile } from "./backup-layout.ts";
import { copyFiles, exportDeclarative, exportKeyring, makeFolder } from "./backup-steps.ts";
import { allInstalled, allStopped, migratingNode, migrations, nodeNames } from "./check-steps.ts";
import { configurationFlags, kongCommand } from "./kong-command.ts";
import { wayTo } from "./on-node.ts";
import { runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";

/** The old keyspace as a snapshot, the configuration as it was exported, and the files. */
export function backUpCassandra(context: PlanContext, exported: Step): readonly Step[] {
  return [
    makeFolder(context),
    snapshotKeyspace(context),
    exported,
    copyFiles(context),
    ...(context.environment.keyring ? [exportKeyring(context)] : []),
  ];
}

/** Kong's own export, where the new cluster is filled from it. */
export function exportToFill(context: PlanContext): Step {
  return adapted(exportDeclarative(context), {
    title: "Export the configuration that the new cluster is filled from",
    why: "Reads the old keyspace and changes nothing there. Whatever is written to the old cluster from now on is missing in the new one. Kong does not overwrite an existing file, so a part left by a broken attempt is removed first.",
    source: sources.newKeyspace(3),
  });
}

function snapshotKeyspace(context: PlanContext): Step {
  const { cassandra, timeouts } = context.environment;
  if (cassandra === undefined) throw new Error(`environment ${context.environment.name} has no Cassandra keyspace`);
  const { keyspace, nodetool } = cassandra;
  const tag = `kong-upgrade-${context.upgradeId}`;
  return {
    id: "backup-keyspace",
    phase: "back_up",
    title: `Snapshot the keyspace ${keyspace}`,
    why: `A snapshot lies on each Cassandra node by itself, and nodetool speaks to one: ${nodetool} has to reach all of them, or somebody takes the others by hand.`,
    class: "safe",
    action: { kind: "commands", commands: [runnerCommand([nodetool, "snapshot", "-t", tag, keyspace])] },
    targets: ["cassandra"],
    precheck: [],
    proof: [
      {
        kind: "command_output",
        look: { target: "runner", argv: [nodetool, "listsnapshots"] },
        matches: String.raw`^\s*${tag}\s+${keyspace}\s`,
      },
    ],
    timeoutMs: timeouts.backupMs,
    // A second snapshot of the same name is refused.
    isIdempotent: false,
    wayBack: "Kong was not changed; the snapshot takes disk space until it is cleared (nodetool clearsnapshot).",
    source: "Kong Gateway 2.x upgrade page, database backup; Apache Cassandra docs, nodetool snapshot",
  };
}

/** Whether the new nodes point to an empty keyspace, before anything is frozen. */
export function checkNewKeyspace(context: PlanContext): Step {
  const green = greenContext(context);
  const { cassandra } = context.environment;
  return {
    id: "green-check-keyspace",
    phase: "provision",
    title: "Check that the new nodes point to an empty keyspace",
    why: `A new node is asked for its migrations: only if it finds an empty data store does it not point to ${cassandra?.keyspace ?? "the keyspace"} that is in use.`,
    class: "safe",
    action: { kind: "check" },
    targets: nodeNames(green),
    precheck: allInstalled(green, context.to),
    proof: [migrations(green, ["needs_bootstrap"])],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by looking.",
    source: sources.newKeyspace(1),
  };
}

/** The new cluster is filled from the export, before any of its nodes starts. */
export function importExport(context: PlanContext): readonly Step[] {
  const green = greenContext(context);
  const node = migratingNode(green);
  const file = declarativeFile(context);
  const shared = {
    phase: "provision",
    class: "safe",
    targets: [node.name],
    isIdempotent: true,
    source: sources.newKeyspace(4),
  } as const satisfies Partial<Step>;
  return [
    {
      ...shared,
      id: "green-parse-export",
      title: `Let ${context.to} read the export`,
      why: "What the new version cannot read would stop the import in the middle.",
      action: { kind: "check" },
      precheck: [{ kind: "files_present", paths: [file] }],
      proof: [
        {
          kind: "command_output",
          look: {
            target: node.name,
            argv: [node.kong, "config", "parse", file, ...configurationFlags(node)],
            ...wayTo(node),
          },
          matches: "parse successful",
        },
      ],
      timeoutMs: context.environment.timeouts.commandMs,
      wayBack: "Nothing was changed by reading.",
    },
    {
      ...shared,
      id: "green-import",
      title: "Import the export into the new data store",
      why: "Adds and updates, and deletes nothing. Its exit status says little: whether all arrived is compared as soon as the new cluster serves.",
      action: {
        kind: "commands",
        commands: [kongCommand(green.environment, node, ["config", "db_import", file, ...configurationFlags(node)])],
      },
      precheck: [{ kind: "files_present", paths: [file] }, ...allStopped(green), migrations(green, ["up_to_date"])],
      proof: [migrations(green, ["up_to_date"])],
      timeoutMs: context.environment.timeouts.backupMs,
      wayBack:
        "The old cluster was not touched. To repeat it, make the new data store empty again, bootstrap and import once more.",
    },
  ];
}
