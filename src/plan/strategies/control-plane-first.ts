import type { Finding } from "#src/kong/finding.ts";
import { nodesOfRole, viewOf } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import type { Strategy } from "#src/plan/strategy.ts";
import { acknowledge } from "#src/plan/steps/acknowledge-step.ts";
import { backupSteps } from "#src/plan/steps/backup-steps.ts";
import { rollSteps } from "#src/plan/steps/batch-steps.ts";
import { migrations, soak } from "#src/plan/steps/check-steps.ts";
import { configureNew } from "#src/plan/steps/configure-steps.ts";
import { freeze, unfreeze } from "#src/plan/steps/freeze-steps.ts";
import {
  baselineHybrid,
  checkControlPlanes,
  closeHybrid,
  preflightHybrid,
  replaceByHand,
  verifyHybrid,
} from "#src/plan/steps/hybrid-steps.ts";
import type { Hybrid } from "#src/plan/steps/hybrid-steps.ts";
import { migrationsFinish, migrationsUp, recordFingerprint } from "#src/plan/steps/migration-steps.ts";
import { checkConfiguration, decommission, install, startNode, stopNode } from "#src/plan/steps/node-steps.ts";
import { rollForward } from "#src/plan/steps/roll.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { hybridNotes } from "./control-plane-first-notes.ts";
import {
  controlPlaneFirstWayBack,
  hybridRollbackNotes,
  hybridRollbackSteps,
  refuseHybridRollback,
} from "./control-plane-first-rollback.ts";
import { refuseHybrid } from "./refuse-hybrid.ts";

export const controlPlaneFirst: Strategy = {
  name: "control-plane-first",
  summary:
    "hybrid: the control planes are upgraded in place while the data planes serve, then the data planes batch by batch",
  refuse: refuseHybrid,
  fit: () => ({
    rank: "first_choice",
    reason: "control planes are never older than their data planes, and traffic goes on all the time",
  }),
  steps: hybridSteps,
  notes: (context) => hybridNotes(hybridOf(context)),
  wayBack: controlPlaneFirstWayBack,
  refuseRollback: (rollback) => refuseHybridRollback(rollback, hybridOf(rollback.context)),
  rollbackSteps: (rollback) => hybridRollbackSteps(rollback, hybridOf(rollback.context)),
  rollbackNotes: (rollback) => hybridRollbackNotes(rollback, hybridOf(rollback.context)),
};

/**
 * Kong's way for hybrid installations. `finish` runs before the first data plane is replaced: data planes check all that
 * they are sent against the new schema and take none of it while a part still has the form that only `finish` converts.
 * It costs nothing to go no further back: after `up` the way back is a restore in either case.
 */
function hybridSteps(context: PlanContext, findings: readonly Finding[]): readonly Step[] {
  const hybrid = hybridOf(context);
  const { controlPlanes, dataPlanes } = hybrid;
  const hasDataPlanes = dataPlanes.view.environment.nodes.length > 0;
  return [
    preflightHybrid(hybrid),
    freeze(controlPlanes),
    baselineHybrid(hybrid),
    ...backupSteps(context),
    ...acknowledge(context, findings, "This is the last moment to repair them while everything is as it was."),
    ...stopControlPlanes(hybrid),
    installControlPlanes(hybrid),
    ...configureNew(
      controlPlanes,
      { id: "configure", phase: "migrate", version: context.to, from: context.from },
      findings,
    ),
    checkConfiguration(controlPlanes),
    overMigrated(migrationsUp(controlPlanes), context),
    recordFingerprint(controlPlanes, "up"),
    ...startAndFinish(hybrid),
    ...(hasDataPlanes
      ? rollSteps(rollForward(dataPlanes, [{ kind: "configuration_unchanged" }], findings))
      : replaceByHand(hybrid, "forward")),
    soak(hasDataPlanes ? dataPlanes.view : controlPlanes),
    verifyHybrid(hybrid),
    decommission(context),
    unfreeze(controlPlanes, context.to, "close"),
    closeHybrid(hybrid),
  ];
}

function hybridOf(context: PlanContext): Hybrid {
  const { environment } = context;
  return {
    whole: context,
    controlPlanes: viewOf(context, nodesOfRole(environment, "control_plane")),
    dataPlanes: {
      view: viewOf(context, nodesOfRole(environment, "data_plane")),
      whole: context,
      controlPlane: context.to,
    },
  };
}

function stopControlPlanes({ controlPlanes }: Hybrid): readonly Step[] {
  return controlPlanes.environment.nodes.map((node, index) =>
    stopNode(controlPlanes, node, {
      phase: "stop",
      precheck: index === 0 ? [{ kind: "configuration_unchanged" }] : [],
      wayBack: "Start the old control planes again; the database was not touched.",
      source: sources.ltsHybrid,
    }),
  );
}

function installControlPlanes({ controlPlanes }: Hybrid): Step {
  const { from, to } = controlPlanes;
  return install(
    controlPlanes,
    { version: to, from },
    {
      phase: "migrate",
      precheck: [],
      wayBack: "Install the old package again and start the old control planes; the database was not touched.",
      source: sources.ltsHybrid,
    },
  );
}

function startAndFinish(hybrid: Hybrid): readonly Step[] {
  const { controlPlanes } = hybrid;
  const finish = [
    overMigrated(migrationsFinish(controlPlanes), controlPlanes),
    recordFingerprint(controlPlanes, "finish"),
  ];
  const starts = [...startControlPlanes(hybrid), checkControlPlanes(hybrid)];
  return controlPlanes.options.order === "documented" ? [...finish, ...starts] : [...starts, ...finish];
}

function startControlPlanes({ controlPlanes }: Hybrid): readonly Step[] {
  const isFinished = controlPlanes.options.order === "documented";
  return controlPlanes.environment.nodes.map((node) =>
    overMigrated(
      startNode(
        controlPlanes,
        { node, version: controlPlanes.to },
        {
          phase: "verify",
          precheck: [migrations(controlPlanes, isFinished ? ["up_to_date"] : ["pending", "up_to_date"])],
          wayBack: "",
          source: sources.ltsHybrid,
        },
      ),
      controlPlanes,
    ),
  );
}

/** What going back over a migrated database costs here: the data planes do not notice it. */
function overMigrated(step: Step, { from }: PlanContext): Step {
  return {
    ...step,
    wayBack: `Stop the new control planes, restore the backup into a fresh database and put ${from} back on them. Data planes serve meanwhile, and nobody has written since the freeze.`,
  };
}
