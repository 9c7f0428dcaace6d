import { clusterOf } from "#src/plan/cluster.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import type { Strategy } from "#src/plan/strategy.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { changesEdition, editionChangeAnswers } from "./edition-change.ts";
import { helmNotes } from "./helm-notes.ts";
import { helmReleaseSteps } from "./helm-releases.ts";
import { helmRollbackNotes, helmRollbackSteps, helmWayBack, refuseHelmRollback } from "./helm-rollback.ts";
import { refuseCluster } from "./refuse-cluster.ts";

export const helm: Strategy = {
  name: "helm",
  summary: "one Helm release: chart and version apart, `finish` held back until people have looked",
  refuse: refuseHelm,
  fit: () => ({ rank: "first_choice", reason: "one Helm release runs all of it" }),
  answersFor: (context) => (changesEdition(context) ? editionChangeAnswers : []),
  steps: (context, findings) => helmReleaseSteps({ cluster: clusterOf(context), finishSource: sources.helm }, findings),
  notes: (context) => helmNotes(clusterOf(context)),
  wayBack: helmWayBack,
  refuseRollback: refuseHelmRollback,
  rollbackSteps: helmRollbackSteps,
  rollbackNotes: helmRollbackNotes,
};

function refuseHelm(context: PlanContext): readonly PlanRefusal[] {
  const releases = context.environment.kubernetes?.releases ?? [];
  return [
    ...refuseCluster(context),
    ...(releases.length > 1
      ? [
          {
            code: "several_releases",
            sentence: `${releases.map(({ name }) => name).join(", ")} make up this installation, and only one of them may migrate`,
            help: "plan with the strategy helm-split",
          },
        ]
      : []),
  ];
}
