import type { KongNode } from "#src/plan/environment.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { isUp } from "#src/plan/node-roles.ts";
import { allInstalled, allServing, allStopped, nodeNames } from "./check-steps.ts";
import { hookCommands } from "./hook-command.ts";
import { configurationFlags, kongCommand } from "./kong-command.ts";
import { whyStart, whyStop } from "./node-words.ts";
import { sources } from "./sources.ts";

/** How long `kong quit` lets running requests finish before it stops hard, in seconds. */
const quitSeconds = 60;

/** What differs when the same deed is done going forward or back. */
export interface Direction {
  readonly phase: Step["phase"];
  readonly precheck: readonly Probe[];
  readonly wayBack: string;
  readonly source: string;
}

/** Stops one node, letting running requests finish. */
export function stopNode(context: PlanContext, node: KongNode, direction: Direction): Step {
  return {
    ...direction,
    id: `stop-${node.name}`,
    title: `Stop ${node.name}`,
    why: whyStop(context.environment, node, quitSeconds),
    class: "disruptive",
    action: {
      kind: "commands",
      exitStatus: "proof_decides",
      commands: [kongCommand(context.environment, node, ["quit", "-p", node.prefix, "-t", String(quitSeconds)])],
    },
    targets: [node.name],
    proof: [{ kind: "node_stopped", node: node.name }],
    timeoutMs: quitSeconds * 1_000 + context.environment.timeouts.commandMs,
    isIdempotent: true,
  };
}

/** Starts one node with the package that is installed. */
export function startNode(
  context: PlanContext,
  { node, version }: { readonly node: KongNode; readonly version: string },
  direction: Direction,
): Step {
  return {
    ...direction,
    id: `start-${node.name}`,
    title: `Start ${node.name} with ${version}`,
    why: whyStart(context.environment, node),
    class: "disruptive",
    action: {
      kind: "commands",
      exitStatus: "proof_decides",
      commands: [kongCommand(context.environment, node, ["start", ...configurationFlags(node)])],
    },
    targets: [node.name],
    precheck: [{ kind: "cli_version", node: node.name, version }, ...direction.precheck],
    proof: isUp(context.environment, node, version),
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
  };
}

/** Installs a version on every node by the configured hook, or by a person. */
export function install(
  context: PlanContext,
  versions: { readonly version: string; readonly from: string },
  direction: Direction,
): Step {
  const { hooks, timeouts } = context.environment;
  const names = nodeNames(context);
  const shared = {
    ...direction,
    id: "install",
    title: `Install Kong ${versions.version} on ${names.join(", ")}`,
    class: "disruptive",
    targets: names,
    precheck: [...allStopped(context), ...direction.precheck],
    proof: allInstalled(context, versions.version),
    isIdempotent: true,
  } as const satisfies Partial<Step>;
  if (hooks.install === undefined) {
    return {
      ...shared,
      why: "No install hook is configured, so a person installs the package; the version of every node is checked afterwards.",
      action: {
        kind: "manual",
        instruction: `Install Kong ${versions.version} (now ${versions.from}) on ${names.join(", ")}. Keep kong.conf and the prefix, do not start Kong.`,
        button: `${versions.version} is installed`,
      },
      timeoutMs: timeouts.commandMs,
    };
  }
  const commands = hookCommands(hooks.install, names, versions);
  return {
    ...shared,
    why: "The package takes the place of the old one; configuration and prefix stay. The version of every node is checked afterwards.",
    action: { kind: "commands", commands },
    timeoutMs: hooks.install.timeoutMs * commands.length + timeouts.commandMs,
  };
}

/** Lets the new package read every node's kong.conf, while going back still costs nothing but a package. */
export function checkConfiguration(context: PlanContext): Step {
  const { environment, to } = context;
  return {
    id: "check-configuration",
    phase: "migrate",
    title: `Let ${to} check kong.conf of every node`,
    why: "Values that the new version refuses would stop its start after the migration. `kong check` does not touch the database; keys that are not read any more pass without a word.",
    class: "safe",
    action: {
      kind: "commands",
      commands: environment.nodes.map((node) => kongCommand(environment, node, ["check", node.conf])),
    },
    targets: nodeNames(context),
    precheck: allInstalled(context, to),
    proof: [...allInstalled(context, to), { kind: "files_present", paths: environment.nodes.map((node) => node.conf) }],
    timeoutMs: environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Install the old package again and start the old nodes; the database was not touched.",
    source: sources.inPlace(3),
  };
}

/** Removes the old package and the quick ways back. */
export function decommission(context: PlanContext): Step {
  const { hooks, timeouts } = context.environment;
  const names = nodeNames(context);
  const precheck: readonly Probe[] = [...allInstalled(context, context.to), ...allServing(context, context.to)];
  const shared = {
    id: "decommission",
    phase: "finish",
    title: `Decommission ${context.from}`,
    why: `Destroys the installed package of ${context.from} and what was kept to return to it quickly. The backup files of this upgrade stay.`,
    class: "irreversible",
    targets: names,
    precheck,
    wayBack: `No quick way back: ${context.from} has to be installed from its package source again, then the backup restored.`,
    source: sources.inPlace(12),
  } as const satisfies Partial<Step>;
  if (hooks.decommission === undefined) {
    return {
      ...shared,
      action: {
        kind: "manual",
        instruction: `Remove what is left of ${context.from} on ${names.join(", ")}: old packages, images, staged files. Leave the backup folder of this upgrade alone.`,
        button: `${context.from} is removed`,
      },
      proof: precheck,
      timeoutMs: timeouts.commandMs,
      isIdempotent: true,
    };
  }
  const commands = hookCommands(hooks.decommission, names, { version: context.to, from: context.from });
  return {
    ...shared,
    action: { kind: "commands", commands },
    proof: precheck,
    timeoutMs: hooks.decommission.timeoutMs * commands.length + timeouts.commandMs,
    isIdempotent: false,
  };
}
