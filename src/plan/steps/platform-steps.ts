import type { PlanContext } from "#src/plan/plan-context.ts";
import { greenContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Action, Step } from "#src/plan/step.ts";
import { allInstalled, allServing, allStopped, nodeNames } from "./check-steps.ts";
import { deedOf } from "./deed.ts";
import type { DeedName } from "./deed.ts";
import type { HookVersions } from "./hook-command.ts";
import type { Direction } from "./node-steps.ts";
import { filesOf } from "./on-node.ts";
import { sources } from "./sources.ts";

/** What a step does when the site has a command for it, and otherwise: a person, told what to do and how to see that it is done. */
interface ByHookOrHand {
  readonly deed: DeedName;
  readonly nodes: readonly string[];
  readonly versions: HookVersions;
  readonly instruction: string;
  readonly button: string;
}

function byHookOrHand(
  { environment }: PlanContext,
  { deed, nodes, versions, instruction, button }: ByHookOrHand,
): { readonly action: Action; readonly timeoutMs: number } {
  const own = deedOf(environment, deed, { nodes, versions });
  const { commandMs } = environment.timeouts;
  return own === undefined
    ? { action: { kind: "manual", instruction, button }, timeoutMs: commandMs }
    : { action: { kind: "commands", commands: own.commands }, timeoutMs: own.timeoutMs + commandMs };
}

/** Makes the hosts of the second cluster; nothing is started there. */
export function provision(context: PlanContext): Step {
  const green = greenContext(context);
  const names = nodeNames(green);
  const old = nodeNames(context);
  return {
    id: "green-provision",
    phase: "provision",
    title: `Make the hosts of the second cluster: ${names.join(", ")}`,
    why: `They have to carry all traffic alone, so they get the capacity of the old cluster (${old.join(", ")}). Nothing of the old cluster is touched.`,
    class: "safe",
    ...byHookOrHand(context, {
      deed: "provision",
      nodes: names,
      versions: { version: context.to, from: context.from },
      instruction: `Whoever runs the hosts: make ${names.join(", ")} with together the same processors, memory and network reach as ${old.join(", ")}. No Kong runs there yet. Done when the runner reaches each of them.`,
      button: "The hosts are there",
    }),
    targets: names,
    precheck: [],
    proof: hostsAnswer(green),
    isIdempotent: true,
    wayBack: "Remove the new hosts again; the old cluster was not touched.",
    source: sources.dualCluster,
  };
}

/** The hosts of a cluster are up, whether Kong is installed there or not. */
function hostsAnswer({ environment }: PlanContext): readonly Probe[] {
  return environment.nodes.map(({ name }) => ({ kind: "host_answers", node: name }));
}

/** Installs the new version on the second cluster, whose hosts have no Kong yet. */
export function installGreen(context: PlanContext): Step {
  const green = greenContext(context);
  const names = nodeNames(green);
  // A recipe would remove or downgrade what was never installed there.
  const isHook = context.environment.hooks.install !== undefined;
  return {
    id: "green-install",
    phase: "provision",
    title: `Install Kong ${context.to} on ${names.join(", ")}`,
    why: `The old cluster stays as it is. Nothing is started; the version of every new node is read from its package.`,
    class: "safe",
    ...byHookOrHand(context, {
      deed: "install",
      nodes: names,
      versions: { version: context.to, from: isHook ? context.from : context.to },
      instruction: `Whoever runs the hosts: install Kong ${context.to} on ${names.join(", ")}, and do not start it. Done when \`kong version\` tells ${context.to} on each of them.`,
      button: `${context.to} is installed`,
    }),
    targets: names,
    precheck: hostsAnswer(green),
    proof: allInstalled(green, context.to),
    isIdempotent: true,
    wayBack: "Remove the new hosts again; the old cluster was not touched.",
    source: sources.dualCluster,
  };
}

/** Where the second cluster's configuration must point, and what else it must say, as a sentence. */
export interface GreenConfiguration {
  readonly dataStore: string;
  readonly rule?: string;
}

/** Puts kong.conf, templates and custom plugins for the new version onto the second cluster. */
export function configureGreen(context: PlanContext, { dataStore, rule }: GreenConfiguration): Step {
  const must = rule === undefined ? "" : ` ${rule}`;
  const green = greenContext(context);
  const names = nodeNames(green);
  const files = green.environment.nodes.map(({ conf }) => conf);
  return {
    id: "green-configure",
    phase: "provision",
    title: `Put kong.conf, templates and custom plugins for ${context.to} in place on ${names.join(", ")}`,
    why: `Taken from the old cluster and adapted to ${context.to}. It must point to ${dataStore}.${must}`,
    class: "safe",
    ...byHookOrHand(context, {
      deed: "configure",
      nodes: names,
      versions: { version: context.to, from: context.from },
      instruction: `Whoever maintains kong.conf: bring kong.conf, nginx templates, certificates, keys and custom plugins of the old cluster onto ${names.join(", ")}, adapted to ${context.to}, with the same list of plugins. Point them to ${dataStore}.${must} Done when this is what ${[...new Set(files)].join(", ")} ${files.length === 1 ? "says" : "say"}.`,
      button: "The configuration files are in place",
    }),
    targets: names,
    precheck: allInstalled(green, context.to),
    proof: [...filesOf(green.environment.nodes, ({ conf }) => [conf]), ...allInstalled(green, context.to)],
    isIdempotent: true,
    wayBack: "Remove the new hosts again; the old cluster was not touched.",
    source: sources.dualCluster,
  };
}

/** Sends `share` percent of the traffic to the second cluster and the rest to the old one. */
export function shiftTraffic(context: PlanContext, share: number, direction: Direction): Step {
  const green = greenContext(context);
  const [old, fresh] = [nodeNames(context).join(", "), nodeNames(green).join(", ")];
  const title =
    share === 0
      ? `Send all traffic to ${old} again`
      : share === 100
        ? `Send all traffic to ${fresh}`
        : `Send ${share} % of the traffic to ${fresh}`;
  return {
    ...direction,
    id: `shift-${share}`,
    title,
    why:
      share === 0
        ? "The old cluster serves everything again. Requests that run in the new one end there."
        : share === 100
          ? "The new cluster serves everything from here on; the old one still runs and waits."
          : "A fault of the new cluster meets only this share of the requests. The old one serves the rest.",
    class: "disruptive",
    ...byHookOrHand(context, {
      deed: "shiftTraffic",
      nodes: nodeNames(green),
      versions: { version: context.to, from: context.from, share },
      instruction: `Whoever runs the load balancer or DNS: give ${share} % of the traffic to ${fresh} and ${100 - share} % to ${old}. Done when its own figures show these shares; with DNS not before the old TTL has passed.`,
      button: `${share} % goes to the new cluster`,
    }),
    targets: [...nodeNames(context), ...nodeNames(green)],
    proof: share === 0 ? allServing(context, context.from) : allServing(green, context.to),
    isIdempotent: true,
  };
}

/** Removes the old cluster after it was stopped, but not its data. `kept` says what stays of them, `wayBack` how to return. */
export function decommissionOld(
  context: PlanContext,
  { kept, wayBack }: { readonly kept: string; readonly wayBack: string },
): Step {
  const green = greenContext(context);
  const names = nodeNames(context);
  const state = [...allServing(green, context.to), ...allStopped(context)];
  return {
    id: "decommission",
    phase: "finish",
    title: `Decommission the old cluster: ${names.join(", ")}`,
    why: `Destroys the old nodes, and with them the way back that takes minutes. ${kept}`,
    class: "irreversible",
    ...byHookOrHand(context, {
      deed: "decommission",
      nodes: names,
      versions: { version: context.to, from: context.from },
      instruction: `Whoever runs the hosts: take ${names.join(", ")} out of the load balancer, service discovery and autoscaling, and remove their Kong ${context.from}. ${kept} Leave the backup folder of this upgrade alone too. Done when nothing can start them again by itself.`,
      button: "The old cluster is removed",
    }),
    targets: names,
    precheck: state,
    // What is gone cannot be asked; that the new cluster does not miss it can.
    proof: allServing(green, context.to),
    isIdempotent: context.environment.hooks.decommission === undefined,
    wayBack,
    source: sources.dualCluster,
  };
}

/** How to return after decommissioning to an old cluster whose data nobody touched. */
export function rebuildOld({ from }: PlanContext): string {
  return `No quick way back: ${from} has to be installed again on hosts of its own; its data still lie where they were.`;
}
