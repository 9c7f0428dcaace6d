import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import { allServing, allStopped, migratingNode, nodeNames, ofPartOfTraffic, smoke, soak } from "./check-steps.ts";
import { deedOf } from "./deed.ts";
import { freeze, unfreeze } from "./freeze-steps.ts";
import { checkConfiguration, startNode, stopNode } from "./node-steps.ts";
import { configureGreen, installGreen, provision, shiftTraffic } from "./platform-steps.ts";
import type { GreenConfiguration } from "./platform-steps.ts";
import { thaw } from "./roll-back-steps.ts";
import { sources } from "./sources.ts";

/** Percent of the traffic, one after the other, where the environment names none; Kong's Cassandra guide goes this way. */
const usualShares = [1, 5, 10, 50, 100] as const;

const nothingOfTheOld = "Remove the new hosts again; the old cluster was not touched.";

/** The second cluster is made, installed, configured and checked; nothing of it runs yet. */
export function buildSecondCluster(context: PlanContext, configuration: GreenConfiguration): readonly Step[] {
  const green = greenContext(context);
  const checked = checkConfiguration(green);
  return [
    provision(context),
    installGreen(context),
    configureGreen(context, configuration),
    {
      ...checked,
      id: "green-check-configuration",
      phase: "provision",
      why: "Values that the new version refuses would stop its start. `kong check` does not touch the database; keys that are not read any more pass without a word.",
      proof: [...checked.proof, ...allStopped(green)],
      wayBack: nothingOfTheOld,
      source: sources.dualCluster,
    },
  ];
}

/** Stops configuration writes on both clusters; `why` says what a write would do. */
export function freezeBoth(context: PlanContext, why: string): Step {
  return freezeClusters(context, why, [...nodeNames(context), ...nodeNames(greenContext(context))]);
}

/** The same where the upgrade itself fills the second cluster by its Admin API: a hook for nodes runs for the old ones only. */
export function freezeOld(context: PlanContext, why: string): Step {
  return freezeClusters(context, why, nodeNames(context));
}

function freezeClusters(context: PlanContext, why: string, nodes: readonly string[]): Step {
  const step = freeze(context);
  const fresh = nodeNames(greenContext(context)).join(", ");
  return adapted(step, {
    title: "Stop all configuration writes, on both clusters",
    why: `Pipelines, decK, Kong Manager, controllers and people must not write until the end; the fingerprint tells if somebody did. ${why}`,
    ...(step.action.kind === "manual"
      ? {
          action: {
            ...step.action,
            instruction: `${step.action.instruction} This holds for the Admin APIs of ${nodeNames(context).join(", ")} and ${fresh}. Confirm when every one of these writers is off.`,
          },
        }
      : byHook(context, "freeze", nodes)),
    source: sources.dualCluster,
  });
}

/** Lifts the freeze on the way back where it was begun, for the nodes that it was for. */
export function thawBoth(rollback: RollbackContext): readonly Step[] {
  const { context, plan } = rollback;
  const nodes = plan.steps.find(({ id }) => id === "freeze")?.targets ?? nodeNames(context);
  return thaw(rollback).map((step) =>
    adapted(step, {
      ...(step.action.kind === "manual" ? {} : byHook(context, "unfreeze", nodes)),
      source: sources.dualCluster,
    }),
  );
}

/** A hook that names `{node}` runs for each of these nodes, any other once. */
function byHook(context: PlanContext, deed: "freeze" | "unfreeze", nodes: readonly string[]): Partial<Step> {
  const { environment, to, from } = context;
  const own = deedOf(environment, deed, { nodes, versions: { version: to, from } });
  if (own === undefined) return {};
  return {
    action: { kind: "commands", commands: own.commands },
    targets: nodes,
    timeoutMs: own.timeoutMs + environment.timeouts.commandMs,
  };
}

/** Allows configuration writes again, on the cluster that serves by then. */
export function unfreezeGreen(context: PlanContext): Step {
  const step = unfreeze(greenContext(context), context.to, "close");
  return { ...step, source: sources.dualCluster };
}

/** Starts the nodes of the second cluster; no traffic reaches them yet. */
export function startGreen(context: PlanContext, precheck: readonly Probe[]): readonly Step[] {
  const green = greenContext(context);
  return green.environment.nodes.map((node) =>
    adapted(
      startNode(
        green,
        { node, version: context.to },
        {
          phase: "roll_out",
          precheck,
          wayBack: `Stop ${node.name} again; no traffic reached it.`,
          source: sources.dualCluster,
        },
      ),
      {
        why: "`kong start` only says that the master process was forked, so the Admin API is asked for version and database. No traffic is sent to it yet.",
        class: "safe",
      },
    ),
  );
}

/** Compares what both clusters say they hold, by their Admin APIs; nothing is written. */
export function compareClusters(context: PlanContext, id: string): Step {
  const green = greenContext(context);
  const [left, right] = [migratingNode(context).name, migratingNode(green).name];
  return {
    id,
    phase: "verify",
    title: `Compare the entities of ${left} and ${right}`,
    why: "Routes, services, plugins, consumers and upstreams are counted on both sides: what is missing on the new cluster was not carried over, or was written to the old one since.",
    class: "safe",
    action: { kind: "check" },
    targets: [left, right],
    precheck: [],
    proof: [{ kind: "same_entities", left, right }],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by looking.",
    source: sources.dualCluster,
  };
}

/** Tries the second cluster at its own addresses, before any traffic is sent there. */
export function smokeGreen(context: PlanContext): Step {
  const step = smoke(greenContext(context), context.to, "verify");
  return {
    ...step,
    id: "green-smoke",
    why: `${step.why} The new cluster is asked at its own addresses: no client is sent there yet.`,
    source: sources.dualCluster,
  };
}

/** Gives the second cluster more and more of the traffic, and watches after each step; at the end it has all. */
export function shiftGradually(context: PlanContext): readonly Step[] {
  const green = greenContext(context);
  const { traffic, soak: settings } = context.environment;
  const shares = [...new Set([...(traffic?.shares ?? usualShares), 100])].toSorted((left, right) => left - right);
  const observeMs = traffic?.observeMs ?? settings.durationMs;
  const back =
    "Send all traffic to the old cluster again, which still runs; it takes as long as the load balancer needs.";
  return shares
    .flatMap((share) => {
      const shift = shiftTraffic(context, share, {
        phase: "shift",
        precheck: [...allServing(green, context.to), ...allServing(context, context.from)],
        wayBack: back,
        source: sources.dualCluster,
      });
      if (share === 100) return [shift];
      return [
        shift,
        watch(context, {
          id: `soak-at-${share}`,
          title: `Watch the new cluster with ${share} % of the traffic`,
          durationMs: observeMs,
          wayBack: back,
          isPart: true,
        }),
      ];
    })
    .concat(
      watch(context, {
        id: "soak",
        title: "Watch the new cluster with all of the traffic",
        durationMs: settings.durationMs,
        wayBack: back,
        isPart: false,
      }),
    );
}

interface Watch {
  readonly id: string;
  readonly title: string;
  readonly durationMs: number;
  readonly wayBack: string;
  /** Only a share of the traffic goes there. */
  readonly isPart: boolean;
}

function watch(context: PlanContext, { id, title, durationMs, wayBack, isPart }: Watch): Step {
  const green = greenContext(context);
  const step = soak(green);
  const action = isPart ? ofPartOfTraffic(step.action) : step.action;
  return {
    ...step,
    id,
    title,
    why: "Some faults show only under traffic and time. The share of failed requests is compared with the baseline; the old cluster must stay fit to take the traffic back.",
    action: action.kind === "soak" ? { ...action, durationMs } : action,
    proof: [...step.proof, ...allServing(context, context.from)],
    timeoutMs: durationMs + context.environment.timeouts.commandMs,
    wayBack,
    source: sources.dualCluster,
  };
}

/** Stops the nodes of the old cluster, once it serves nothing; `precheck` is asked before the first. */
export function stopOld(context: PlanContext, precheck: readonly Probe[]): readonly Step[] {
  const green = greenContext(context);
  return context.environment.nodes.map((node, index) =>
    adapted(
      stopNode(context, node, {
        phase: "finish",
        precheck: [...allServing(green, context.to), ...(index === 0 ? precheck : [])],
        wayBack: `Start ${node.name} again with ${context.from}; its data were not touched.`,
        source: sources.dualCluster,
      }),
      {
        why: "All traffic goes to the new cluster. Stopping comes before removing: if anything still used this node, it shows now, while a start brings it back.",
      },
    ),
  );
}

/** The last look before the record is closed. */
export function closeGreen(context: PlanContext, proof: readonly Probe[], wayBack: string): Step {
  const green = greenContext(context);
  return {
    id: "close",
    phase: "close",
    title: `Close: ${context.to} serves on ${nodeNames(green).join(", ")}`,
    why: "The last look before the record is closed. Keep watching the metrics for a while, and keep the backup until the next one is proven.",
    class: "safe",
    action: { kind: "check" },
    targets: nodeNames(green),
    precheck: [],
    proof: [...allServing(green, context.to), ...proof],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack,
    source: sources.dualCluster,
  };
}

/** Why nothing brings the old state back by itself once the record is closed, where each cluster has data of its own. */
export const noWayBackFromOwnData =
  "No way back inside this upgrade: from the first configuration write on, the old data are behind.";
