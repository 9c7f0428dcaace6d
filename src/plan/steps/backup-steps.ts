import { databaseOf } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Command, Step } from "#src/plan/step.ts";
import {
  backupFolder,
  confCopy,
  declarativeFile,
  dumpFile,
  ownFilesArchive,
  prefixArchive,
  scratchDatabase,
  workloadCopy,
} from "./backup-layout.ts";
import { allServing, migratingNode, nodeNames, schemaMetaAsBefore } from "./check-steps.ts";
import { configurationFlags, kongCommand } from "./kong-command.ts";
import { filesOf, nodeCommand, placesElsewhere, withFiles } from "./on-node.ts";
import { createDatabase, dropDatabase, postgresCommand, runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";
import { backUpByDeck } from "./workspace-steps.ts";

type BaselineAction = Extract<Step["action"], { readonly kind: "baseline" }>;

/** Measures counts, fingerprint and error rate before anything is touched. */
export function baseline(context: PlanContext): Step {
  return {
    ...backup(context),
    id: "baseline",
    phase: "prepare",
    title: "Measure the baseline: entities, fingerprint of the configuration, error rate",
    why: "Later steps compare with it: whether somebody wrote during the freeze, whether the backup is complete, whether the new version fails more requests.",
    action: { kind: "baseline", ...watchedBefore(context.environment) },
    targets: ["database", ...nodeNames(context)],
    // The measurement is the result itself; it only counts when it was taken from nodes that serve.
    proof: allServing(context, context.from),
    timeoutMs: context.environment.timeouts.backupMs + (context.environment.soak.baselineMs ?? 0),
    source: sources.inPlace(1),
  };
}

/** The proxies are watched before, too, for what the new version is compared with. */
function watchedBefore({ metrics, soak }: Environment): Pick<BaselineAction, "traffic"> {
  const { baselineMs: watchMs } = soak;
  return metrics === undefined || watchMs === undefined ? {} : { traffic: { source: metrics.from, watchMs } };
}

/** All backups, the proof that the database's one restores, and the clean-up of that proof. */
export function backupSteps(context: PlanContext): readonly Step[] {
  return [
    makeFolder(context),
    dumpDatabase(context),
    ...(migratingNode(context).job === undefined ? [exportDeclarative(context)] : []),
    ...backUpByDeck(context),
    copyFiles(context),
    ...(context.environment.keyring ? [exportKeyring(context)] : []),
    proveBackup(context),
    dropScratch(context),
  ];
}

/** The folder that all backups of this upgrade go into. */
export function makeFolder(context: PlanContext): Step {
  const folder = backupFolder(context);
  const elsewhere = placesElsewhere(withFiles(context.environment.nodes));
  return {
    ...backup(context),
    id: "backup-folder",
    title: "Make an empty folder for the backups",
    why: "mkdir fails where the folder exists, so the backup of another upgrade is never overwritten. Only the runner's account may read it: the files hold secrets.",
    action: {
      kind: "commands",
      commands: [
        runnerCommand(["mkdir", "-p", context.environment.backupDir]),
        runnerCommand(["mkdir", "-m", "700", folder]),
        // Files of a node elsewhere stay there: it may share its storage with the runner, so the folder may be there.
        ...elsewhere.map((node) => nodeCommand(node, ["mkdir", "-p", "-m", "700", folder])),
      ],
    },
    proof: filesOf(elsewhere, () => [folder], [folder]),
    isIdempotent: false,
  };
}

/** The dump of Kong's database. */
export function dumpDatabase(context: PlanContext): Step {
  const { environment } = context;
  const file = dumpFile(context);
  const words = ["-d", databaseOf(environment).name, "-F", "c", "-f", file];
  return {
    ...backup(context),
    id: "backup-database",
    title: `Dump the database ${databaseOf(environment).name}`,
    why: "The only backup that holds everything: credentials, certificates and migration state too. It is the way back after `kong migrations up`.",
    action: { kind: "commands", commands: [postgresCommand(environment, "pgDump", "kong", words)] },
    targets: ["database"],
    precheck: [
      { kind: "files_present", paths: [backupFolder(context)] },
      { kind: "migration_lock_free" },
      { kind: "configuration_unchanged" },
    ],
    proof: [{ kind: "archive_readable", file }, { kind: "configuration_unchanged" }],
    timeoutMs: environment.timeouts.backupMs,
  };
}

/** The configuration as Kong itself exports it. */
export function exportDeclarative(context: PlanContext): Step {
  const { environment } = context;
  const node = migratingNode(context);
  const file = declarativeFile(context);
  const words = ["config", "db_export", file, ...configurationFlags(node)];
  return {
    ...backup(context),
    id: "backup-declarative",
    title: "Export the configuration as a declarative file",
    why: "The second way back, for the case that no database restore works. Kong does not overwrite an existing file, so a part left by a broken attempt is removed first.",
    action: {
      kind: "commands",
      commands: [nodeCommand(node, ["rm", "-f", file]), kongCommand(environment, node, words)],
    },
    targets: [node.name],
    proof: filesOf([node], () => [file]),
    timeoutMs: environment.timeouts.backupMs,
  };
}

/** kong.conf and prefix of every node, and the templates and plugins of the site where the configuration says where they lie. */
export function copyFiles(context: PlanContext): Step {
  const { nodes, sources: files, timeouts } = context.environment;
  const own = [...(files?.template === undefined ? [] : [files.template]), ...(files?.plugins ?? [])];
  const archive = ownFilesArchive(context);
  return {
    ...backup(context),
    id: "backup-files",
    title: `${
      withFiles(nodes).length === 0
        ? "Save the manifest of every workload"
        : "Copy kong.conf and the prefix of every node"
    }${own.length === 0 ? "" : ", templates and custom plugins"}`,
    why: `Without its configuration file, keys and certificates the old version cannot start again. Logs, sockets and temporary files are left out. What lies elsewhere (${own.length === 0 ? "custom plugins and templates, " : ""}certificates, units, compose files) is not copied: whoever owns it keeps a copy.`,
    action: {
      kind: "commands",
      commands: [
        ...nodes.flatMap((node) => workloadToFile(context, node)),
        ...withFiles(nodes).flatMap((node) => [
          nodeCommand(node, ["cp", "-p", node.conf, confCopy(context, node.name)]),
          nodeCommand(node, [
            "tar",
            "-cf",
            prefixArchive(context, node.name),
            "--exclude=./logs",
            "--exclude=./sockets",
            "--exclude=*.sock",
            // nginx makes these for its worker account; the runner may not be allowed to read them.
            "--exclude=./*_temp",
            "-C",
            node.prefix,
            ".",
          ]),
        ]),
        // Absolute paths, kept below the root that they are taken from.
        ...(own.length === 0
          ? []
          : [runnerCommand(["tar", "-cf", archive, "-C", "/", ...own.map((path) => `.${path}`)])]),
      ],
    },
    targets: nodeNames(context),
    proof: filesOf(withFiles(nodes), ({ name }) => [confCopy(context, name), prefixArchive(context, name)], [
      ...nodes.flatMap(({ name, job }) => (job === undefined ? [] : [workloadCopy(context, name)])),
      ...(own.length === 0 ? [] : [archive]),
    ]),
    timeoutMs: timeouts.backupMs,
  };
}

/** What Kubernetes makes a node's pods of; it may hold secrets, so it goes into a file and not into the record. */
function workloadToFile(context: PlanContext, { name, job, transport }: KongNode): readonly Command[] {
  if (job === undefined || transport?.kind !== "kubectl") return [];
  const { kubectl, context: cluster, namespace, pod } = transport;
  const words = ["--context", cluster, "--namespace", namespace, "get", pod, "--output", "json"];
  return [{ ...runnerCommand([kubectl, ...words]), stdoutFile: workloadCopy(context, name) }];
}

/** A person stores the keyring material apart. */
export function exportKeyring(context: PlanContext): Step {
  return {
    ...backup(context),
    id: "backup-keyring",
    title: "Back up the keyring material",
    why: "Encrypted fields of a restored database cannot be read without it, and there is no way to recover it. It must lie apart from the database backup.",
    action: {
      kind: "manual",
      instruction:
        "Export the keyring (POST /keyring/export) and store it, with the private key that belongs to keyring_recovery_public_key, in a safe place that is not the backup folder.",
      button: "The keyring is stored apart",
    },
    proof: [],
    source: `${sources.ltsBackup}, Keyring materials backup`,
  };
}

/** The dump restored into a scratch database and compared. */
export function proveBackup(context: PlanContext): Step {
  const { environment } = context;
  const scratch = scratchDatabase(context);
  const file = dumpFile(context);
  return {
    ...backup(context),
    id: "prove-backup",
    title: "Prove that the backup restores",
    why: "A backup that was never restored is a hope. It is restored into a scratch database, and every table and the migration state are compared with the original. Needs as much free disk as the database has.",
    action: {
      kind: "commands",
      commands: [
        dropDatabase(environment, scratch),
        createDatabase(environment, scratch),
        postgresCommand(environment, "pgRestore", "kong", ["-d", scratch, "--exit-on-error", "--no-owner", file]),
      ],
    },
    targets: ["database"],
    precheck: [{ kind: "archive_readable", file }],
    proof: [
      { kind: "database_present", name: scratch },
      schemaMetaAsBefore(context, scratch),
      { kind: "counts_match_baseline", database: { name: scratch, as: "kong" } },
    ],
    timeoutMs: environment.timeouts.backupMs,
    source: "Own rule; Kong Gateway docs, backup and restore, ask for tested backups",
  };
}

/** The end of the scratch database. */
export function dropScratch(context: PlanContext): Step {
  const scratch = scratchDatabase(context);
  return {
    ...backup(context),
    id: "drop-scratch",
    title: "Drop the scratch database",
    why: "It was only made to prove the backup and takes disk space.",
    action: { kind: "commands", commands: [dropDatabase(context.environment, scratch)] },
    targets: ["database"],
    proof: [
      { kind: "database_absent", name: scratch },
      { kind: "archive_readable", file: dumpFile(context) },
    ],
    source: "Own rule: leave nothing behind",
  };
}

/** What all backup steps have in common. */
function backup(
  context: PlanContext,
): Pick<Step, "phase" | "class" | "targets" | "precheck" | "timeoutMs" | "isIdempotent" | "wayBack" | "source"> {
  return {
    phase: "back_up",
    class: "safe",
    targets: ["runner"],
    precheck: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack:
      context.environment.database === undefined
        ? "Kong was not changed; only files were made."
        : "Kong was not changed; only files and a scratch database were made.",
    source: sources.ltsBackup,
  };
}
