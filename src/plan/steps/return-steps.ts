import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import { allServing, nodeNames } from "./check-steps.ts";
import { install, startNode, stopNode } from "./node-steps.ts";
import { shiftTraffic } from "./platform-steps.ts";
import { restoreFiles } from "./restore-steps.ts";
import { lookBack } from "./roll-back-steps.ts";
import { sources } from "./sources.ts";

/** Installs the old version again where decommissioning may have removed it, hosts included. */
export function reinstallOld(context: PlanContext): readonly Step[] {
  const names = nodeNames(context).join(", ");
  const step = install(
    context,
    // The new version was never on these hosts: a recipe has nothing to remove or to downgrade from.
    { version: context.from, from: context.environment.hooks.install === undefined ? context.from : context.to },
    { phase: "roll_back", precheck: [], wayBack: "Remove it again.", source: sources.reinstall },
  );
  const byHand = {
    kind: "manual",
    instruction: `Whoever runs the hosts: install Kong ${context.from} on ${names} again, on new hosts where the old ones are gone, and do not start it. Done when \`kong version\` tells ${context.from} on each of them.`,
    button: `${context.from} is installed`,
  } as const;
  return [
    adapted(step, {
      title: `Install Kong ${context.from} again on ${names}`,
      why: "Decommissioning may have removed it. Hosts that are gone have to be made anew before.",
      // Where the package is gone, nothing can be asked whether Kong is stopped.
      precheck: context.environment.nodes.map(({ name }): Probe => ({ kind: "host_answers", node: name })),
      ...(step.action.kind === "manual" ? { action: byHand } : {}),
    }),
    ...restoreFiles(context),
  ];
}

/** Starts old nodes again; traffic comes back in a step of its own. */
export function startOld(context: PlanContext, nodes: PlanContext["environment"]["nodes"]): readonly Step[] {
  return nodes.map((node) =>
    adapted(
      startNode(
        context,
        { node, version: context.from },
        { phase: "roll_back", precheck: [], wayBack: `Stop ${node.name} again.`, source: sources.dualCluster },
      ),
      {
        why: "`kong start` only says that the master process was forked, so the Admin API is asked for version and database. Traffic comes back in a later step.",
      },
    ),
  );
}

/** The old nodes that the upgrade stopped, or may have. */
export function stoppedOld({ context, progress }: RollbackContext): PlanContext["environment"]["nodes"] {
  const isRemoved = isTouched(progress, "decommission");
  return context.environment.nodes.filter(({ name }) => isRemoved || isTouched(progress, `stop-${name}`));
}

/** Whether the old cluster can carry the traffic. */
export function checkOldServes(context: PlanContext): Step {
  return {
    ...lookBack(context),
    id: "check-old-serves",
    source: sources.dualCluster,
    title: `Check that ${nodeNames(context).join(", ")} serve ${context.from}`,
    why: "Looked at before anything of the new cluster is stopped, and before any traffic comes back.",
    proof: allServing(context, context.from),
  };
}

export function shiftBack(context: PlanContext): Step {
  return shiftTraffic(context, 0, {
    phase: "roll_back",
    precheck: allServing(context, context.from),
    wayBack: "Send traffic to the new cluster again, while its nodes still run.",
    source: sources.dualCluster,
  });
}

/** Stops the new nodes that were started, or may have been. */
export function stopGreen(
  { context, progress }: RollbackContext,
  { why, precheck }: { readonly why: string; readonly precheck: readonly Probe[] },
): readonly Step[] {
  const green = greenContext(context);
  return green.environment.nodes
    .filter((node) => isTouched(progress, `start-${node.name}`))
    .map((node) =>
      adapted(
        stopNode(green, node, {
          phase: "roll_back",
          precheck,
          wayBack: `Start ${node.name} again with ${context.to}.`,
          source: sources.dualCluster,
        }),
        { why },
      ),
    );
}
