import type { Finding } from "#src/kong/finding.ts";
import { isAtLeast, minorOf, parseVersion } from "#src/kong/version.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { refuseFacts } from "#src/plan/refuse-facts.ts";
import { refuseSecondCluster } from "#src/plan/refuse-second-cluster.ts";
import { refuseSharedSchema } from "#src/plan/refuse-shared-schema.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import type { Strategy } from "#src/plan/strategy.ts";
import { acknowledge } from "#src/plan/steps/acknowledge-step.ts";
import { backupSteps, baseline } from "#src/plan/steps/backup-steps.ts";
import { migrations, preflight, verify } from "#src/plan/steps/check-steps.ts";
import { recordFingerprint } from "#src/plan/steps/migration-steps.ts";
import { decommissionOld } from "#src/plan/steps/platform-steps.ts";
import {
  buildSecondCluster,
  closeGreen,
  freezeBoth,
  shiftGradually,
  smokeGreen,
  startGreen,
  stopOld,
  unfreezeGreen,
} from "#src/plan/steps/second-cluster-steps.ts";
import {
  checkOldGone,
  checkSharedDatabase,
  finishShared,
  reloadOld,
  smokeOld,
  upWhileServing,
} from "#src/plan/steps/shared-database-steps.ts";
import { citing, sources } from "#src/plan/steps/sources.ts";
import { blueGreenRollbackNotes, blueGreenRollbackSteps, refuseBlueGreenRollback } from "./blue-green-rollback.ts";
import { blueGreenWayBack } from "./blue-green-way-back.ts";

/**
 * Kong's blue-green upgrade: old and new cluster share one database between `up` and `finish`, and traffic moves over
 * meanwhile. It needs no copy, and stands on the old version serving on what `up` made of its data.
 */
export const blueGreen: Strategy = {
  name: "blue-green",
  summary:
    "old and new cluster share one database between `up` and `finish` while traffic moves over; no planned downtime, no copy",
  refuse: (context) => [
    ...refuseSecondCluster(context.environment),
    ...refuseOwnDatabase(context.environment),
    ...refuseFacts(context.environment, context.facts),
    ...refuseSharedSchema(context),
  ],
  fit: (_, { from, to }) =>
    isPatch(from, to)
      ? {
          rank: "first_choice",
          reason: "a patch release leaves the schema nearly as it is, so both clusters can share it without downtime",
        }
      : {
          rank: "discouraged",
          reason: "Kong advises to share one database between two versions for patch releases only",
        },
  steps: blueGreenSteps,
  notes: blueGreenNotes,
  wayBack: blueGreenWayBack,
  refuseRollback: refuseBlueGreenRollback,
  rollbackSteps: blueGreenRollbackSteps,
  rollbackNotes: blueGreenRollbackNotes,
};

function refuseOwnDatabase({ green }: Environment): readonly PlanRefusal[] {
  if (green?.database === undefined) return [];
  return [
    {
      code: "green_has_own_database",
      sentence: `the second cluster is configured with a database of its own, ${green.database.name} on ${green.database.host}`,
      help: "upgrade it with dual-cluster, or leave `green.database` out so that both clusters share one",
      isMisfit: true,
    },
  ];
}

/** Both of one minor: no migrations of the core lie between them. */
function isPatch(from: string, to: string): boolean {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  return old !== undefined && wanted !== undefined && minorOf(old) === minorOf(wanted);
}

function blueGreenSteps(context: PlanContext, findings: readonly Finding[]): readonly Step[] {
  const green = greenContext(context);
  const { name, host, port } = databaseOf(context.environment);
  const upToDate = migrations(green, ["up_to_date"]);
  const back =
    "Start the old nodes again, send all traffic to them and stop the new ones; the database was not finished.";
  return [
    preflight(context),
    ...acknowledge(context, findings, "What concerns the data hits the old cluster too, as soon as `up` has run."),
    ...citing(
      sources.sharedDatabase(1),
      buildSecondCluster(context, {
        dataStore: `the database that the old cluster uses, ${name} on ${host}:${port}`,
        rule: "Until `finish` nobody but the runner may reach the Admin API of the new nodes.",
      }),
    ),
    checkSharedDatabase(context),
    freezeBoth(
      context,
      "Until `finish` the new version may write what the old one cannot read, so its Admin API stays closed; the old one's is for emergencies only, and a write there stops this plan at the next check.",
    ),
    baseline(context),
    ...backupSteps(context),
    upWhileServing(context),
    recordFingerprint(context, "up"),
    reloadOld(context),
    smokeOld(context),
    ...citing(sources.sharedDatabase(3), [
      ...startGreen(context, [migrations(green, ["pending", "up_to_date"])]),
      smokeGreen(context),
    ]),
    ...citing(sources.sharedDatabase(4), shiftGradually(context)),
    ...citing(sources.sharedDatabase(5), stopOld(context, [{ kind: "configuration_unchanged" }])).map((step) =>
      adapted(step, { wayBack: back }),
    ),
    checkOldGone(context),
    finishShared(context),
    recordFingerprint(context, "finish"),
    adapted(verify(green), { source: sources.sharedDatabase(6) }),
    adapted(
      decommissionOld(context, {
        kept: `The database ${name} on ${host}:${port} serves the new cluster now.`,
        wayBack: `No way back but the restore of the backup, and ${context.from} installed again on hosts of its own.`,
      }),
      { source: sources.sharedDatabase(5) },
    ),
    ...citing(sources.sharedDatabase(6), [
      unfreezeGreen(context),
      closeGreen(
        context,
        [upToDate],
        "No way back inside this upgrade: a return to the old version is a restore planned anew.",
      ),
    ]),
  ];
}

function blueGreenNotes(context: PlanContext): readonly string[] {
  const { from, to } = context;
  return [
    ...(isPatch(from, to)
      ? []
      : [
          `Not advised by Kong's current documents: they recommend one database for two versions for patch releases only, and ${from} → ${to} is more. The older 3.0 guide describes it for every upgrade from 2.1 on.`,
        ]),
    "No planned downtime and no second database: counters, tokens and sessions in the database stay common to both clusters.",
    `\`migrations up\` runs while ${from} serves. It takes exclusive locks on tables: it waits for long transactions and backups, and requests that need the database wait behind it.`,
    `${from} goes on serving on what \`up\` made of its data. It is tried right after \`up\`, before anything else; until that test passes, going back means a restore with downtime.`,
    "Between `up` and `finish` nobody writes configuration. If a write cannot wait, only the old cluster's Admin API may be used, and the plan stops at its next check.",
    "Going back before `finish` costs nothing for the traffic, but the database keeps what `up` changed. Where that is anything, planning again is refused until the backup was restored.",
    "`finish` comes after the last old node was stopped, whatever the order asked for. It is the point of no return.",
    ...sessionNotes(from, to),
  ];
}

/** 3.2 stores sessions in a new format (Kong Gateway changelog 3.2). */
function sessionNotes(from: string, to: string): readonly string[] {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  if (old === undefined || wanted === undefined || isAtLeast(old, "3.2") || !isAtLeast(wanted, "3.2")) return [];
  return [
    "Sessions of the session and openid-connect plugins from before 3.2 cannot be read from 3.2 on, nor the other way round: while traffic is split, users may have to log in at each change of the cluster.",
  ];
}
