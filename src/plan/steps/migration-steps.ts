import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import { sideFlag } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { dumpFile } from "./backup-layout.ts";
import { allInstalled, allServing, allStopped, migratingNode, migrations } from "./check-steps.ts";
import { configurationFlags, kongCommandOf } from "./kong-command.ts";
import { sources } from "./sources.ts";

/** Lines that bring core migrations, by the names of kong/db/migrations/core (3.9.3); 3.8 has none. */
const linesWithMigrations = ["3.0", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.9"] as const;

/** Time on top of the migrations' own limit, for connecting, locking and the slow exit of newer CLIs. */
const slackMs = 60_000;

/** `kong migrations up`: the schema and part of the data change. */
export function migrationsUp(context: PlanContext): Step {
  const hasNew = linesWithMigrations.some((line) => isCrossed(context, line));
  return {
    ...migration(context),
    id: "migrations-up",
    phase: "migrate",
    title: "kong migrations up",
    why: "Adds what the new version needs and rewrites part of the data at once (2.x → 3.x: `~` before regex paths). Its exit status proves nothing: it is 0 too when another node held the lock and nothing was done.",
    class: "disruptive",
    action: { kind: "commands", commands: [migrationCommand(context, "up")] },
    precheck: [
      ...allStopped(context),
      ...allInstalled(context, context.to),
      { kind: "migration_lock_free", ...sideFlag(context) },
      { kind: "archive_readable", file: dumpFile(context) },
      { kind: "configuration_unchanged" },
      migrations(context, hasNew ? ["new"] : ["new", "up_to_date"]),
    ],
    proof: [migrations(context, ["pending", "up_to_date"]), { kind: "migration_lock_free", ...sideFlag(context) }],
    wayBack: "Restore the backup into a fresh database and reinstall the old package; downtime lasts until then.",
    source: sources.inPlace(7),
  };
}

/** `kong migrations finish`: the point of no return. `nodes` is how the nodes of the new version stand by then. */
export function migrationsFinish(
  context: PlanContext,
  nodes: readonly Probe[] = context.options.order === "documented"
    ? allStopped(context)
    : allServing(context, context.to),
): Step {
  return {
    ...migration(context),
    id: "migrations-finish",
    phase: "finish",
    title: "kong migrations finish",
    why: "Removes and converts what only the old version needs. Kong does not check whether old nodes are left. After it, only a restore of the backup brings the old version back.",
    class: "irreversible",
    action: { kind: "commands", commands: [migrationCommand(context, "finish")] },
    precheck: [
      ...allInstalled(context, context.to),
      ...nodes,
      { kind: "migration_lock_free", ...sideFlag(context) },
      { kind: "archive_readable", file: dumpFile(context) },
      { kind: "configuration_unchanged" },
      migrations(context, ["pending", "up_to_date"]),
    ],
    proof: [migrations(context, ["up_to_date"]), { kind: "migration_lock_free", ...sideFlag(context) }],
    wayBack:
      "Only by restoring the backup into a fresh database and reinstalling the old package; everything written since the backup is lost.",
    source: sources.inPlace(8),
  };
}

const whyRecorded = {
  up: "The migration rewrites part of the configuration. From here on the fingerprint is that of the migrated one, and a write during the freeze still shows.",
  finish:
    "The migration rewrites part of the configuration. From here on the fingerprint is that of the migrated one, and a write during the freeze still shows.",
  licence:
    "The licence is a row of the configuration too. From here on the fingerprint includes it, and a write during the freeze still shows.",
  loading:
    "From here on the fingerprint is that of the configuration that was loaded, and a write during the freeze still shows.",
} as const;

/** Records what the upgrade itself changed, so that a write by somebody is still seen afterwards. */
export function recordFingerprint(context: PlanContext, after: keyof typeof whyRecorded): Step {
  return {
    id: `fingerprint-after-${after}`,
    phase: after === "up" ? "migrate" : "finish",
    title: `Record the configuration's fingerprint after ${after}`,
    why: whyRecorded[after],
    class: "safe",
    action: { kind: "fingerprint", ...sideFlag(context) },
    targets: ["database"],
    precheck: [],
    proof: [{ kind: "configuration_unchanged", ...sideFlag(context) }],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by looking; the way back is that of the step before.",
    source: sources.inPlace(1),
  };
}

/** `kong migrations bootstrap` on a data store that is proven to be empty: never forced, because that erases it first. */
export function migrationsBootstrap(context: PlanContext): Step {
  return {
    ...migration(context),
    id: "migrations-bootstrap",
    phase: "provision",
    title: "kong migrations bootstrap",
    why: "Makes the schema of the new version. On a data store that is not empty it does nothing and exits 0 all the same, so the state is asked before and after.",
    class: "safe",
    action: { kind: "commands", commands: [migrationCommand(context, "bootstrap")] },
    precheck: [...allStopped(context), ...allInstalled(context, context.to), migrations(context, ["needs_bootstrap"])],
    proof: [migrations(context, ["up_to_date"])],
    wayBack: "The old cluster was not touched. To repeat it, make the new data store empty again.",
    source: sources.freshDataStore,
  };
}

function migrationCommand(context: PlanContext, word: "up" | "finish" | "bootstrap"): ReturnType<typeof kongCommandOf> {
  const { environment } = context;
  const node = migratingNode(context);
  const seconds = Math.ceil(environment.timeouts.migrationsMs / 1_000);
  return kongCommandOf(environment, { node, version: context.to }, [
    "migrations",
    word,
    ...configurationFlags(node),
    // Without it Kong 3.7 and later give every statement 5 s only (contract of kong/cmd/migrations.lua, 3.7.0).
    "--db-timeout",
    String(seconds),
    // The lock is never renewed: it has to outlive the whole run, or a second run may start beside it (seen in 3.4.2).
    "--lock-timeout",
    String(seconds + slackMs / 1_000),
  ]);
}

function migration(context: PlanContext): Pick<Step, "targets" | "timeoutMs" | "isIdempotent"> {
  return {
    targets: [migratingNode(context).name, "database"],
    timeoutMs: context.environment.timeouts.migrationsMs + slackMs,
    isIdempotent: false,
  };
}

/** Whether the upgrade goes from before a line to it or past it. */
function isCrossed(context: PlanContext, line: string): boolean {
  const from = parseVersion(context.from);
  const to = parseVersion(context.to);
  return from !== undefined && to !== undefined && !isAtLeast(from, line) && isAtLeast(to, line);
}
