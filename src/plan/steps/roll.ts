import type { Finding } from "#src/kong/finding.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { installedVersion } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Progress } from "#src/plan/progress.ts";
import { prepareNew, prepareOld } from "./batch-files.ts";
import type { Roll } from "./batch-steps.ts";
import { batchesOf, meanwhile } from "./batches.ts";
import type { Replacement } from "./batches.ts";
import { oldFileUnchanged, onConvertedFile } from "./declarative-steps.ts";
import { joinedAs } from "./roll-checks.ts";
import type { RollView } from "./roll-checks.ts";
import { nodeProgress } from "./roll-progress.ts";
import { sources } from "./sources.ts";

/** Every node that is not on the new version yet, one of them first and alone. */
export function rollForward(roll: RollView, precheck: readonly Probe[], findings: readonly Finding[]): Roll {
  const { view } = roll;
  const { to } = view;
  const found = foundVersions(view);
  const replacements = view.environment.nodes
    .map((node): Replacement => ({ node, from: found(node), to, isAway: false }))
    .filter(({ from }) => from !== to);
  return {
    context: view,
    phase: "roll_out",
    batches: batchesOf(view.environment, replacements, "canary_first"),
    runs: found,
    precheck,
    joined: ({ nodes }) => joinedAs(roll, nodes, to),
    prepare: (batch, own) => prepareNew(batch, own, findings),
    starting: onConvertedFile,
    wayBack: (batch) =>
      `Put ${batch.from} back on ${batch.nodes.map(({ name }) => name).join(", ")} and start it again; ${meanwhile(batch)}.`,
    source: sources.ltsRolling,
  };
}

/** Every node that the way forward reached: what is away first, then the others in reverse order. */
export function rollBackward(
  roll: RollView,
  { plan, progress }: { readonly plan: Plan; readonly progress: Progress },
): Roll {
  const { view } = roll;
  const found = foundVersions(view);
  const replacements = view.environment.nodes.toReversed().flatMap((node): readonly Replacement[] => {
    const own = found(node);
    const { state, isPackageTouched } = nodeProgress(plan, progress, node);
    if (state === "untouched") return [];
    return [{ node, from: isPackageTouched ? view.to : own, to: own, isAway: state === "away" }];
  });
  const reached = new Set(replacements.map(({ node }) => node.name));
  return {
    context: view,
    phase: "roll_back",
    batches: batchesOf(view.environment, replacements, "as_given"),
    runs: (node) => (reached.has(node.name) ? view.to : found(node)),
    precheck: oldFileUnchanged(view),
    joined: ({ nodes, to }) => joinedAs(roll, nodes, to),
    prepare: (batch, own) => prepareOld(batch, own, { plan, progress }),
    starting: (batch) => batch,
    wayBack: ({ nodes, from }) => `Install ${from} again on ${nodes.map(({ name }) => name).join(", ")}.`,
    source: sources.ltsRolling,
  };
}

/** The version that each node has by the facts, read once: every batch asks for those of its whole group. */
function foundVersions(view: PlanContext): (node: KongNode) => string {
  const versions = new Map(view.environment.nodes.map((node) => [node.name, installedVersion(view, node)]));
  return ({ name }) => versions.get(name) ?? view.from;
}
