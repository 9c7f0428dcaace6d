import { databaseOf } from "#src/plan/databases-of.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { sideFlag } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import { confCopy, dumpFile, setAsideDatabase } from "./backup-layout.ts";
import { allStopped, kongDatabase, migrations, nodeNames, schemaMetaAsBefore } from "./check-steps.ts";
import { filesOf, nodeCommand, withFiles } from "./on-node.ts";
import { createDatabase, renameDatabase, restoreArchive } from "./postgres-command.ts";
import { sources } from "./sources.ts";

/**
 * Sets the upgraded database aside and restores the backup into an empty one. Never `pg_restore --clean` over the
 * upgraded schema: tables that the upgrade added hold foreign keys, so core tables stay upgraded while
 * `kong migrations list` looks like the old version (recorded with 2.8.5 → 3.4.2 and PostgreSQL 15).
 */
export function restoreSteps(context: PlanContext): readonly Step[] {
  return [checkBackup(context), setAside(context), createFresh(context), restore(context)];
}

function checkBackup(context: PlanContext): Step {
  return {
    ...rollback(context),
    id: "check-backup",
    title: "Check that the backup can be read",
    why: "Looked at before anything is stopped or moved.",
    class: "safe",
    action: { kind: "check" },
    proof: [{ kind: "archive_readable", file: dumpFile(context) }],
    wayBack: "Nothing was changed.",
    source: sources.ltsRollback,
  };
}

/** Renames the database that the upgrade changed, so that its name is free and its data stay readable. */
export function setAside(context: PlanContext): Step {
  const { environment } = context;
  const { name } = databaseOf(environment);
  const kept = setAsideDatabase(context);
  return {
    ...rollback(context),
    id: "set-aside-database",
    title: `Keep the upgraded database as ${kept}`,
    why: "It is renamed, not dropped: whatever was written since the backup can still be read there. Sessions that are left are ended, or the rename fails.",
    class: "disruptive",
    action: {
      kind: "commands",
      commands: renameDatabase(environment, name, kept),
    },
    precheck: [
      ...allStopped(context),
      { kind: "database_present", name, ...sideFlag(context) },
      { kind: "database_absent", name: kept, ...sideFlag(context) },
    ],
    proof: [
      { kind: "database_present", name: kept, ...sideFlag(context) },
      { kind: "database_absent", name, ...sideFlag(context) },
    ],
    isIdempotent: false,
    wayBack: `Rename ${kept} back to ${name} while no other database has that name.`,
    source: sources.restoreIntoEmpty,
  };
}

function createFresh(context: PlanContext): Step {
  const { environment } = context;
  const { name } = databaseOf(environment);
  return {
    ...rollback(context),
    id: "create-database",
    title: `Create an empty database ${name}`,
    why: "The backup must meet nothing of the upgraded schema.",
    class: "safe",
    action: { kind: "commands", commands: [createDatabase(environment, name)] },
    precheck: [
      { kind: "database_present", name: setAsideDatabase(context) },
      { kind: "database_absent", name },
    ],
    proof: [{ kind: "database_present", name }],
    isIdempotent: false,
    wayBack: "Drop the empty database and rename the upgraded one back.",
    source: sources.restoreIntoEmpty,
  };
}

function restore(context: PlanContext): Step {
  const { environment } = context;
  const { name } = databaseOf(environment);
  return {
    ...rollback(context),
    id: "restore-database",
    title: `Restore the backup into ${name}`,
    why: "From here Kong's configuration is that of the backup: what was written since is lost to it and stays only in the database set aside. One transaction: all of it or nothing.",
    class: "irreversible",
    action: { kind: "commands", commands: [restoreArchive(environment, name, dumpFile(context))] },
    precheck: [
      ...allStopped(context),
      { kind: "database_present", name: setAsideDatabase(context) },
      { kind: "archive_readable", file: dumpFile(context) },
    ],
    proof: [schemaMetaAsBefore(context, name), { kind: "counts_match_baseline", database: kongDatabase(context) }],
    timeoutMs: environment.timeouts.backupMs,
    isIdempotent: false,
    wayBack: `The upgraded database still lies in ${setAsideDatabase(context)}; returning to it means the upgraded package and a rename by hand.`,
    source: sources.restoreIntoEmpty,
  };
}

/** Puts kong.conf of every node back as it was backed up; no step where all nodes have theirs from an image or a volume. */
export function restoreFiles(context: PlanContext): readonly Step[] {
  const nodes = withFiles(context.environment.nodes);
  return nodes.length === 0 ? [] : [filesBack(context, nodes)];
}

function filesBack(context: PlanContext, nodes: readonly KongNode[]): Step {
  return {
    ...rollback(context),
    id: "restore-files",
    title: "Put kong.conf of every node back",
    why: "Installing a package, or preparing for the new version, may have changed it; the old version needs its own.",
    class: "safe",
    action: {
      kind: "commands",
      commands: nodes.map((node) => nodeCommand(node, ["cp", "-p", confCopy(context, node.name), node.conf])),
    },
    targets: nodes.map(({ name }) => name),
    precheck: filesOf(nodes, (node) => [confCopy(context, node.name)]),
    proof: filesOf(nodes, (node) => [node.conf]),
    wayBack: "Change kong.conf again; the prefix archives of the backup hold the rest.",
    source: sources.ltsBackup,
  };
}

/** A person loads the keyring again after a restore. */
export function restoreKeyring(context: PlanContext): Step {
  return {
    ...rollback(context),
    id: "restore-keyring",
    title: "Recover the keyring",
    why: "Encrypted fields of the restored database can only be read with the keyring that was exported before.",
    class: "safe",
    action: {
      kind: "manual",
      instruction:
        "Recover the keyring on the running nodes (POST /keyring/recover, or /keyring/import and /keyring/activate) and check that an encrypted field can be read.",
      button: "The keyring is recovered",
    },
    targets: nodeNames(context),
    proof: [],
    wayBack: "Nothing was changed in the database.",
    source: `${sources.ltsBackup}, Keyring materials backup`,
  };
}

/** Asks the old package whether the restored schema is its own. */
export function checkRestored(context: PlanContext): Step {
  return {
    ...rollback(context),
    id: "check-restored",
    title: `Check that ${context.from} finds its own schema`,
    why: "An old `kong` calls a newer schema up to date without a word, so the names in `schema_meta` are compared literally too.",
    class: "safe",
    action: { kind: "check" },
    proof: [
      migrations(context, ["up_to_date"], context.from),
      schemaMetaAsBefore(context, databaseOf(context.environment).name),
      { kind: "migration_lock_free" },
    ],
    wayBack: "Nothing was changed.",
    source: sources.migrations,
  };
}

function rollback(context: PlanContext): Pick<Step, "phase" | "targets" | "precheck" | "timeoutMs" | "isIdempotent"> {
  return {
    phase: "roll_back",
    targets: ["database"],
    precheck: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
  };
}
