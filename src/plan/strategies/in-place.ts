import type { Finding } from "#src/kong/finding.ts";
import { editionOf } from "#src/kong/releases.ts";
import { minorOf, parseVersion } from "#src/kong/version.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { refuseFacts } from "#src/plan/refuse-facts.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import type { Step } from "#src/plan/step.ts";
import type { Strategy } from "#src/plan/strategy.ts";
import { acknowledge } from "#src/plan/steps/acknowledge-step.ts";
import { backupSteps, baseline } from "#src/plan/steps/backup-steps.ts";
import { migrations, nodeNames, preflight, smoke, soak, verify } from "#src/plan/steps/check-steps.ts";
import { configureNew } from "#src/plan/steps/configure-steps.ts";
import { freeze, unfreeze } from "#src/plan/steps/freeze-steps.ts";
import { migrationsFinish, migrationsUp, recordFingerprint } from "#src/plan/steps/migration-steps.ts";
import { checkConfiguration, decommission, install, startNode, stopNode } from "#src/plan/steps/node-steps.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { inPlaceRollbackNotes, inPlaceRollbackSteps, refuseInPlaceRollback } from "./in-place-rollback.ts";
import { inPlaceWayBack } from "./in-place-way-back.ts";

export const inPlace: Strategy = {
  name: "in-place",
  summary:
    "the old nodes stop, the same database is migrated, the new version starts on it; downtime, no second cluster",
  refuse: refuseInPlace,
  fit: ({ topology, green }) =>
    topology === "traditional" && green === undefined
      ? { rank: "first_choice", reason: "there is no second cluster to shift traffic to" }
      : { rank: "possible", reason: "it needs downtime, which a second cluster would save" },
  steps: inPlaceSteps,
  notes: inPlaceNotes,
  wayBack: inPlaceWayBack,
  refuseRollback: refuseInPlaceRollback,
  rollbackSteps: inPlaceRollbackSteps,
  rollbackNotes: inPlaceRollbackNotes,
};

function refuseInPlace({ environment, facts }: PlanContext): readonly PlanRefusal[] {
  switch (environment.topology) {
    case "traditional":
    case "dbless":
      return refuseFacts(environment, facts);
    case "hybrid":
      return [
        {
          code: "topology_unsupported",
          sentence: `${environment.name} is a hybrid installation: its data planes go on serving while the control planes are upgraded`,
          help: "plan with the strategy control-plane-first",
        },
      ];
    case "kubernetes":
      return [
        {
          code: "topology_unsupported",
          sentence: `Kubernetes runs the nodes of ${environment.name}`,
          help: "plan with the strategy helm or helm-split",
        },
      ];
  }
}

/**
 * Kong's in-place upgrade: the old nodes stop, the same database is migrated, the new version starts on it.
 * `test-first` delays `finish` until the new version was tested; `documented` is Kong's own order.
 */
function inPlaceSteps(context: PlanContext, findings: readonly Finding[]): readonly Step[] {
  return [
    preflight(context),
    freeze(context),
    baseline(context),
    ...backupSteps(context),
    ...acknowledge(context, findings, "This is the last moment to repair them without downtime."),
    ...stopAll(context),
    install(
      context,
      { version: context.to, from: context.from },
      {
        phase: "migrate",
        precheck: [],
        wayBack: "Install the old package again and start the old nodes; the database was not touched.",
        source: sources.inPlace(6),
      },
    ),
    ...configureNew(context, { id: "configure", phase: "migrate", version: context.to, from: context.from }, findings),
    checkConfiguration(context),
    migrationsUp(context),
    recordFingerprint(context, "up"),
    ...startAndFinish(context),
    verify(context),
    decommission(context),
    unfreeze(context, context.to, "close"),
    closeRecord(context),
  ];
}

/** What either order costs, and what nobody looked at. */
function inPlaceNotes(context: PlanContext): readonly string[] {
  const order =
    context.options.order === "documented"
      ? "Order as Kong documents it: `finish` runs before the first new node starts. Shorter, but the point of no return lies before the first test of the new version."
      : "Order: the new version starts and is tested before `finish`. Kong's documents put `finish` first; ours keeps the restore-free part of the way longer and costs a time in which Kong runs with pending migrations and warns about them in its log.";
  return [
    "In-place means downtime: no request is served from the first stopped node's last request until the new nodes start. Kong advises a dual-cluster upgrade where a second cluster and database can be had.",
    order,
    "Going back before `migrations up` costs only the downtime. After it, the backup has to be restored; everything written since the backup is lost.",
    ...reloadNote(context),
  ];
}

/** Kong's documents know a shorter way for patches, which leaves the old program running. */
function reloadNote({ from, to }: PlanContext): readonly string[] {
  const [start, end] = [parseVersion(from), parseVersion(to)];
  if (start === undefined || end === undefined) return [];
  if (minorOf(start) !== minorOf(end) || editionOf(start) !== editionOf(end)) return [];
  return [
    "Kong's 3.0 guide lets `kong reload` do where no migration had to run. A reload keeps the nginx program that runs and only starts new workers of it, so the nodes are stopped and started here.",
  ];
}

function stopAll(context: PlanContext): readonly Step[] {
  return context.environment.nodes.map((node, index) =>
    stopNode(context, node, {
      phase: "stop",
      precheck: index === 0 ? [{ kind: "configuration_unchanged" }] : [],
      wayBack: "Start the old nodes again; the database was not touched.",
      source: sources.inPlace(5),
    }),
  );
}

function startAndFinish(context: PlanContext): readonly Step[] {
  const finish = [migrationsFinish(context), recordFingerprint(context, "finish")];
  const tests = [smoke(context, context.to, "verify"), soak(context)];
  return context.options.order === "documented"
    ? [...finish, ...startAll(context), ...tests]
    : [...startAll(context), ...tests, ...finish];
}

function startAll(context: PlanContext): readonly Step[] {
  const isFinished = context.options.order === "documented";
  return context.environment.nodes.map((node) =>
    startNode(
      context,
      { node, version: context.to },
      {
        phase: "verify",
        precheck: [migrations(context, isFinished ? ["up_to_date"] : ["pending", "up_to_date"])],
        wayBack:
          "Stop the new nodes, restore the backup into a fresh database and reinstall the old package; everything written since the backup is lost.",
        source: sources.inPlace(9),
      },
    ),
  );
}

function closeRecord(context: PlanContext): Step {
  return {
    id: "close",
    phase: "close",
    title: `Close: all nodes serve ${context.to}`,
    why: "The last look before the record is closed. Keep watching the metrics for a while, and keep the backup until the next one is proven.",
    class: "safe",
    action: { kind: "check" },
    targets: nodeNames(context),
    precheck: [],
    proof: [
      ...context.environment.nodes.map((node) => ({
        kind: "node_serving" as const,
        node: node.name,
        version: context.to,
      })),
      migrations(context, ["up_to_date"]),
    ],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "No way back inside this upgrade: a return to the old version is a restore planned anew.",
    source: sources.inPlace(12),
  };
}
