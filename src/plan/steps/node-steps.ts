import type { KongNode } from "#src/plan/kong-node.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { editionOf } from "#src/kong/releases.ts";
import { parseVersion } from "#src/kong/version.ts";
import { isUp } from "#src/plan/node-roles.ts";
import { allInstalled, allServing, allStopped, nodeNames } from "./check-steps.ts";
import { deedOf } from "./deed.ts";
import { configurationFlags, kongCommand, kongCommandOf } from "./kong-command.ts";
import { whyStart, whyStop } from "./node-words.ts";
import { filesOf, withFiles } from "./on-node.ts";
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
  const { environment, to, from } = context;
  const own = deedOf(environment, "stop", { nodes: [node.name], versions: { version: to, from } });
  const quit = kongCommand(environment, node, ["quit", "-p", node.prefix, "-t", String(quitSeconds)]);
  return {
    ...direction,
    id: `stop-${node.name}`,
    title: `Stop ${node.name}`,
    why: whyStop(context.environment, node, quitSeconds),
    class: "disruptive",
    action: { kind: "commands", exitStatus: "proof_decides", commands: own?.commands ?? [quit] },
    targets: [node.name],
    proof: [{ kind: "node_stopped", node: node.name }],
    timeoutMs: (own?.timeoutMs ?? quitSeconds * 1_000) + environment.timeouts.commandMs,
    isIdempotent: true,
  };
}

/** Starts one node with the package that is installed. */
export function startNode(
  context: PlanContext,
  { node, version }: { readonly node: KongNode; readonly version: string },
  direction: Direction,
): Step {
  const { environment, from } = context;
  const own = deedOf(environment, "start", { nodes: [node.name], versions: { version, from } });
  const start = kongCommand(environment, node, ["start", ...configurationFlags(node)]);
  return {
    ...direction,
    id: `start-${node.name}`,
    title: `Start ${node.name} with ${version}`,
    why: whyStart(context.environment, node),
    class: "disruptive",
    action: { kind: "commands", exitStatus: "proof_decides", commands: own?.commands ?? [start] },
    targets: [node.name],
    precheck: [{ kind: "cli_version", node: node.name, version }, ...direction.precheck],
    proof: isUp(environment, node, version),
    timeoutMs: (own?.timeoutMs ?? 0) + environment.timeouts.commandMs,
    isIdempotent: true,
  };
}

/** Installs a version on every node by the configured hook, or by a person. */
export function install(
  context: PlanContext,
  versions: { readonly version: string; readonly from: string },
  direction: Direction,
): Step {
  const { environment } = context;
  const names = nodeNames(context);
  const [wanted, present] = packageNames(versions);
  const shared = {
    ...direction,
    id: "install",
    title: `Install ${wanted} on ${names.join(", ")}`,
    class: "disruptive",
    targets: names,
    precheck: [...allStopped(context), ...direction.precheck],
    proof: allInstalled(context, versions.version),
    isIdempotent: true,
  } as const satisfies Partial<Step>;
  const own = deedOf(environment, "install", { nodes: names, versions });
  if (own === undefined) {
    return {
      ...shared,
      why: "No install hook is configured, so a person installs the package; the version of every node is checked afterwards.",
      action: {
        kind: "manual",
        instruction: `Install ${wanted} (now ${present}) on ${names.join(", ")}. Keep kong.conf and the prefix, do not start Kong.`,
        button: `${versions.version} is installed`,
      },
      timeoutMs: environment.timeouts.commandMs,
    };
  }
  return {
    ...shared,
    why: "The package takes the place of the old one; configuration and prefix stay. The version of every node is checked afterwards.",
    action: { kind: "commands", commands: own.commands },
    timeoutMs: own.timeoutMs + environment.timeouts.commandMs,
  };
}

/** How the two packages are called: with the edition where that changes, because their packages have different names. */
function packageNames({
  version,
  from,
}: {
  readonly version: string;
  readonly from: string;
}): readonly [string, string] {
  const [wanted, present] = [version, from].map((text) => {
    const parsed = parseVersion(text);
    return parsed === undefined ? undefined : editionOf(parsed);
  });
  if (wanted === present) return [`Kong ${version}`, from];
  const words = { oss: "Kong OSS", enterprise: "Kong Enterprise" } as const;
  const name = (edition: typeof wanted, text: string): string =>
    `${edition === undefined ? "Kong" : words[edition]} ${text}`;
  return [name(wanted, version), name(present, from)];
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
      commands: environment.nodes.map((node) =>
        kongCommandOf(environment, { node, version: to }, ["check", node.conf]),
      ),
    },
    targets: nodeNames(context),
    precheck: allInstalled(context, to),
    proof: [...allInstalled(context, to), ...filesOf(withFiles(environment.nodes), ({ conf }) => [conf])],
    timeoutMs: environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Install the old package again and start the old nodes; the database was not touched.",
    source: sources.inPlace(3),
  };
}

/** Removes the old package and the quick ways back. */
export function decommission(context: PlanContext): Step {
  const { environment } = context;
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
  const versions = { version: context.to, from: context.from };
  const own = deedOf(environment, "decommission", { nodes: names, versions });
  if (own === undefined) {
    return {
      ...shared,
      action: {
        kind: "manual",
        instruction: `Remove what is left of ${context.from} on ${names.join(", ")}: old packages, images, staged files. Leave the backup folder of this upgrade alone.`,
        button: `${context.from} is removed`,
      },
      proof: precheck,
      timeoutMs: environment.timeouts.commandMs,
      isIdempotent: true,
    };
  }
  return {
    ...shared,
    action: { kind: "commands", commands: own.commands },
    proof: precheck,
    timeoutMs: own.timeoutMs + environment.timeouts.commandMs,
    isIdempotent: false,
  };
}
