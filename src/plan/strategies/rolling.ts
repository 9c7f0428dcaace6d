import type { Finding } from "#src/kong/finding.ts";
import { nodesOfRole, nodesWithoutDatabase, viewOf } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { tellsTraffic } from "#src/plan/environment.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Fit, Strategy } from "#src/plan/strategy.ts";
import { acknowledge } from "#src/plan/steps/acknowledge-step.ts";
import { baseline, copyFiles, makeFolder } from "#src/plan/steps/backup-steps.ts";
import { rollSteps } from "#src/plan/steps/batch-steps.ts";
import { allServing, nodeNames, soak } from "#src/plan/steps/check-steps.ts";
import {
  backupDeclarativeFiles,
  checkConvertedFile,
  filesUnchanged,
  freezeFile,
  keepConvertedFile,
} from "#src/plan/steps/declarative-steps.ts";
import { freeze, unfreeze } from "#src/plan/steps/freeze-steps.ts";
import { decommission } from "#src/plan/steps/node-steps.ts";
import { asFound, closeNew, preflightNodes, verifyNodes } from "#src/plan/steps/roll-checks.ts";
import type { RollView } from "#src/plan/steps/roll-checks.ts";
import { rollForward } from "#src/plan/steps/roll.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { changesEdition, editionChangeAnswers } from "./edition-change.ts";
import { controlPlaneVersion, refuseRolling } from "./refuse-rolling.ts";
import { rollingNotes } from "./rolling-notes.ts";
import { rollingRollbackNotes, rollingRollbackSteps, rollingWayBack } from "./rolling-rollback.ts";

export const rolling: Strategy = {
  name: "rolling",
  summary:
    "nodes without a database are replaced batch by batch, one of them first; the others serve meanwhile, no downtime",
  refuse: refuseRolling,
  fit: rollingFit,
  // Data planes follow their control planes, whose edition no strategy changes.
  answersFor: (context) =>
    context.environment.topology === "dbless" && changesEdition(context) ? editionChangeAnswers : [],
  steps: rollingSteps,
  notes: (context) => rollingNotes(rollViewOf(context)),
  wayBack: rollingWayBack,
  refuseRollback: () => [],
  rollbackSteps: (rollback) => rollingRollbackSteps(rollback, rollViewOf(rollback.context)),
  rollbackNotes: (rollback) => rollingRollbackNotes(rollback, rollViewOf(rollback.context)),
};

function rollingFit(environment: Environment): Fit {
  if (environment.topology === "dbless") {
    return {
      rank: "first_choice",
      reason: "every node carries its whole configuration, so each can be replaced alone",
    };
  }
  return nodesOfRole(environment, "control_plane").length === 0
    ? { rank: "first_choice", reason: "only data planes belong to this environment" }
    : { rank: "possible", reason: "the control planes already serve the wanted version" };
}

/** Kong's rolling upgrade of nodes that depend on no database: new ones come, old ones go, never too many at once. */
function rollingSteps(context: PlanContext, findings: readonly Finding[]): readonly Step[] {
  const roll = rollViewOf(context);
  const { view } = roll;
  const isDbless = view.environment.topology === "dbless";
  return [
    preflightNodes(roll),
    isDbless ? freezeFile(view) : freeze(view),
    ...measure(roll),
    makeFolder(view),
    copyFiles(view),
    ...(isDbless ? [backupDeclarativeFiles(view), checkConvertedFile(view)] : []),
    ...acknowledge(view, findings, "This is the last moment to repair them before the first node is replaced."),
    ...rollSteps(rollForward(roll, configurationUnchanged(roll), findings)),
    soak(view),
    verifyNodes(roll),
    ...keepConvertedFile(view),
    removeOld(view),
    unfreeze(view, context.to, "close"),
    closeNew(roll),
  ];
}

/** How this strategy looks at an installation: its nodes without a database, and the control planes that they follow. */
function rollViewOf(context: PlanContext): RollView {
  const { environment } = context;
  return {
    view: viewOf(context, nodesWithoutDatabase(environment)),
    whole: context,
    controlPlane: controlPlaneVersion(context) ?? context.to,
  };
}

/** Data planes have their control planes' database to count; without one only a share of failed requests can be measured. */
function measure({ view, whole, controlPlane }: RollView): readonly Step[] {
  const { environment } = whole;
  const hasDatabase = environment.database !== undefined;
  if (!hasDatabase && !tellsTraffic(environment)) return [];
  const controlPlanes = viewOf(whole, nodesOfRole(environment, "control_plane"));
  return [
    {
      ...baseline(whole),
      ...(hasDatabase
        ? {}
        : {
            title: "Measure the share of failed requests",
            why: "Later steps compare with it: whether the new version fails more requests.",
            targets: nodeNames(view),
          }),
      proof: [...allServing(controlPlanes, controlPlane), ...asFound(view)],
      source: sources.ltsRolling,
    },
  ];
}

/** Nobody changed what the nodes load while they are replaced. */
function configurationUnchanged({ view, whole }: RollView): readonly Probe[] {
  return whole.environment.database === undefined ? filesUnchanged(view) : [{ kind: "configuration_unchanged" }];
}

function removeOld(view: PlanContext): Step {
  return {
    ...decommission(view),
    why: `Destroys the installed package of ${view.from} and what was kept to return to it quickly. The backup files of this upgrade stay.`,
    wayBack: `No quick way back: ${view.from} has to be installed from its package source again; configuration and files are in the backup.`,
    source: sources.ltsRolling,
  };
}
