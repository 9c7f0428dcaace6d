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

export const helmSplit: Strategy = {
  name: "helm-split",
  summary:
    "several Helm releases of one installation: the first migrates, the others follow one by one, the last finishes; data planes at the end",
  refuse: refuseHelmSplit,
  fit: () => ({ rank: "first_choice", reason: "several Helm releases share the installation" }),
  answersFor: (context) => (changesEdition(context) ? editionChangeAnswers : []),
  steps: (context, findings) =>
    helmReleaseSteps({ cluster: clusterOf(context), finishSource: sources.helmSplit }, findings),
  notes: splitNotes,
  wayBack: helmWayBack,
  refuseRollback: refuseHelmRollback,
  rollbackSteps: helmRollbackSteps,
  rollbackNotes: helmRollbackNotes,
};

/** Which release does what, and where that differs from Kong's documents. */
function splitNotes(context: PlanContext): readonly string[] {
  const cluster = clusterOf(context);
  const names = cluster.leading.map(({ name }) => name);
  if (names.length < 2 || cluster.database === "none") return helmNotes(cluster);
  return [
    `${names.join(", ")} share one database: ${names[0]} runs \`up\`, ${names.at(-1)} runs \`finish\`, in the order of the configuration. Kong's documents let the last release replace its pods and finish in one command; here its pods come first, and \`finish\` follows by the same release when it is approved.`,
    "Until then the Admin API of the new version is not used: what it writes the old pods may not understand.",
    ...helmNotes(cluster),
  ];
}

function refuseHelmSplit(context: PlanContext): readonly PlanRefusal[] {
  const releases = context.environment.kubernetes?.releases ?? [];
  const refusals = refuseCluster(context);
  if (releases.length !== 1) return refusals;
  return [
    ...refusals,
    {
      code: "one_release",
      sentence: "one release makes up this installation",
      help: "plan with the strategy helm",
    },
  ];
}
