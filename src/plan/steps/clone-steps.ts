import { databaseOf } from "#src/plan/databases-of.ts";
import { greenContext, sideFlag } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { dumpFile } from "./backup-layout.ts";
import { allInstalled, allStopped, kongDatabase, migrations, schemaMetaAsBefore } from "./check-steps.ts";
import { migrationsFinish, migrationsUp, recordFingerprint } from "./migration-steps.ts";
import { createDatabase, restoreArchive } from "./postgres-command.ts";
import { sources } from "./sources.ts";

const dropAndRepeat =
  "The old cluster and its database were not touched. To repeat it, drop this copy, create it again and restore again.";

/** An empty database for the second cluster, and the proof that its nodes point there and not to the one in use. */
export function createGreenDatabase(context: PlanContext): Step {
  const green = greenContext(context);
  const { name, host, port } = databaseOf(green.environment);
  return {
    id: "green-create-database",
    phase: "provision",
    title: `Create an empty database ${name} on ${host}:${port}`,
    why: "It must not exist yet, so nothing is overwritten. Then a new node is asked for its migrations: only if it finds an empty data store does it point here, and not to the database in use.",
    class: "safe",
    action: { kind: "commands", commands: [createDatabase(green.environment, name)] },
    targets: ["database"],
    precheck: [{ kind: "database_absent", name, ...sideFlag(green) }, ...allInstalled(green, context.to)],
    proof: [{ kind: "database_present", name, ...sideFlag(green) }, migrations(green, ["needs_bootstrap"])],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: false,
    wayBack: "Drop the empty database; the old cluster was not touched.",
    source: sources.dualCluster,
  };
}

/** The backup becomes the second cluster's database: the clone, and at once the proof that the backup restores. */
export function restoreClone(context: PlanContext): Step {
  const green = greenContext(context);
  const { name, host, port } = databaseOf(green.environment);
  const file = dumpFile(context);
  return {
    id: "green-restore-database",
    phase: "provision",
    title: `Restore the backup into ${name} on ${host}:${port}`,
    why: "Gives the new cluster its own copy, and proves the backup: every table and the migration state are compared with the original. One transaction: all of it or nothing.",
    class: "safe",
    action: { kind: "commands", commands: [restoreArchive(green.environment, name, file)] },
    targets: ["database"],
    precheck: [{ kind: "archive_readable", file }, migrations(green, ["needs_bootstrap"])],
    proof: [schemaMetaAsBefore(green, name), { kind: "counts_match_baseline", database: kongDatabase(green) }],
    timeoutMs: context.environment.timeouts.backupMs,
    isIdempotent: false,
    wayBack: dropAndRepeat,
    source: sources.dualCluster,
  };
}

/**
 * `up` and `finish` on the clone, before any new node starts. Not irreversible here: the database in use is another one,
 * which each step proves, and the clone can be restored again.
 */
export function migrateClone(context: PlanContext): readonly Step[] {
  const green = greenContext(context);
  const { name, host, port } = databaseOf(green.environment);
  const where = `${name} on ${host}:${port}`;
  const inUse: readonly Probe[] = [schemaMetaAsBefore(context, databaseOf(context.environment).name)];
  const up = migrationsUp(green);
  const finish = migrationsFinish(green, allStopped(green));
  const fingerprint = recordFingerprint(green, "finish");
  const shared = { phase: "provision", class: "safe", wayBack: dropAndRepeat, source: sources.dualCluster } as const;
  return [
    {
      ...up,
      ...shared,
      id: "green-migrations-up",
      title: `kong migrations up on the copy, ${where}`,
      why: "Changes the copy only; that the database in use is still the old one is checked before and after. Its exit status proves nothing: it is 0 too when another node held the lock and nothing was done.",
      precheck: [...up.precheck, ...inUse],
      proof: [...up.proof, ...inUse],
    },
    {
      ...finish,
      ...shared,
      id: "green-migrations-finish",
      title: `kong migrations finish on the copy, ${where}`,
      why: "Completes the copy before the first new node starts. No point of no return here: the old cluster keeps its own database, which is checked before and after.",
      precheck: [...finish.precheck, ...inUse],
      proof: [...finish.proof, ...inUse],
    },
    { ...fingerprint, phase: "provision", id: "green-fingerprint-after-finish", source: sources.dualCluster },
  ];
}
