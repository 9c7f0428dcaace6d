import type { Finding } from "#src/kong/finding.ts";
import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import { roleOf } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Step } from "#src/plan/step.ts";
import { confCopy } from "./backup-layout.ts";
import { meanwhile } from "./batches.ts";
import type { Batch } from "./batches.ts";
import { allInstalled, nodeNames } from "./check-steps.ts";
import { configureNew, configureOld } from "./configure-steps.ts";
import type { Configuring } from "./configure-steps.ts";
import { loadingOf } from "./declarative-steps.ts";
import { configurationFlags, kongCommand } from "./kong-command.ts";
import { checkConfiguration } from "./node-steps.ts";
import { filesOf, nodeCommand } from "./on-node.ts";
import { sources } from "./sources.ts";

/** Between the new package and its start: its own configuration, looked at by the new version. */
export function prepareNew(batch: Batch, view: PlanContext, findings: readonly Finding[]): readonly Step[] {
  return [
    ...configureNew(view, configuring(batch, view, "roll_out"), findings),
    ...nameConvertedFile(batch, view),
    checkFiles(batch, view),
  ];
}

/** Between the old package and its start: the files that were saved before it was replaced. */
export function prepareOld(
  batch: Batch,
  view: PlanContext,
  reached: { readonly plan: Plan; readonly progress: Progress },
): readonly Step[] {
  return [...configureOld(view, configuring(batch, view, "roll_back"), reached), restoreFiles(batch, view)];
}

/** A person who names the converted file has a step of the shorter id. */
function configuring({ number, from, to }: Batch, { environment }: PlanContext, phase: Step["phase"]): Configuring {
  const isByHook = environment.hooks.configure !== undefined;
  return { id: `configure-${isByHook ? "" : "files-"}batch-${number}`, phase, version: to, from };
}

/** A person does it where neither a hook nor the start can; going back the saved kong.conf names the old file already. */
function nameConvertedFile({ number }: Batch, view: PlanContext): readonly Step[] {
  const { timeouts, declarative } = view.environment;
  if (declarative === undefined || loadingOf(view.environment) !== "by_hand") return [];
  const names = nodeNames(view);
  return [
    {
      id: `configure-batch-${number}`,
      phase: "roll_out",
      title: `Let ${names.join(", ")} load ${declarative.converted}`,
      why: "No configure hook is set and something else than this program starts Kong here, so a person says in kong.conf which file the new version loads.",
      class: "safe",
      action: {
        kind: "manual",
        instruction: `In kong.conf of ${names.join(", ")} set declarative_config = ${declarative.converted}. Do not start Kong.`,
        button: "It is written",
      },
      targets: names,
      precheck: [],
      proof: [],
      timeoutMs: timeouts.commandMs,
      isIdempotent: true,
      wayBack: "The way back puts the saved kong.conf into its place.",
      source: sources.ltsRolling,
    },
  ];
}

/** The new version reads kong.conf, and the first node also the converted file with its own plugins. */
function checkFiles(batch: Batch, view: PlanContext): Step {
  const { environment } = view;
  const step = checkConfiguration(view);
  const file = environment.declarative?.converted;
  const isRead = batch.isCanary && file !== undefined;
  const parse = isRead
    ? environment.nodes
        .filter((node) => roleOf(environment, node) === "dbless")
        .map((node) => kongCommand(environment, node, ["config", "parse", file, ...configurationFlags(node)]))
    : [];
  return {
    ...step,
    id: `check-batch-${batch.number}`,
    phase: "roll_out",
    title: `Let ${batch.to} check kong.conf${parse.length > 0 ? " and the converted file" : ""} on ${nodeNames(view).join(", ")}`,
    why: `${parse.length > 0 ? "Custom plugins and their settings are there only on a node. " : ""}What the new version refuses would stop its start; keys that are not read any more pass without a word.`,
    action:
      step.action.kind === "commands" ? { ...step.action, commands: [...step.action.commands, ...parse] } : step.action,
    wayBack: `Put ${batch.from} back and start it again; ${meanwhile(batch)}.`,
    source: sources.ltsRolling,
  };
}

/**
 * The saved kong.conf, and no cache of the newer version: Kong 3.0 to 3.5 load whatever lies in the LMDB file (only 3.6
 * and later look at the version that wrote it), and 2.x keeps its cache in another file, which stays.
 */
function restoreFiles(batch: Batch, view: PlanContext): Step {
  const { nodes, timeouts } = view.environment;
  const version = parseVersion(batch.to);
  const hasLmdb = version !== undefined && isAtLeast(version, "3.0");
  return {
    id: `restore-files-batch-${batch.number}`,
    phase: "roll_back",
    title: `Put kong.conf of ${nodeNames(view).join(", ")} back`,
    why: hasLmdb
      ? "The old version needs its own kong.conf, and must not load a cache that the newer version wrote: it is removed, and filled again from file or control plane."
      : "The old version needs its own kong.conf. The configuration that it cached lies in its prefix and stays.",
    class: "safe",
    action: {
      kind: "commands",
      commands: nodes.flatMap((node) => [
        nodeCommand(node, ["cp", "-p", confCopy(view, node.name), node.conf]),
        ...(hasLmdb ? [nodeCommand(node, ["rm", "-rf", `${node.prefix}/dbless.lmdb`])] : []),
      ]),
    },
    targets: nodeNames(view),
    precheck: filesOf(nodes, (node) => [confCopy(view, node.name)]),
    proof: [...allInstalled(view, batch.to), ...filesOf(nodes, ({ conf }) => [conf])],
    timeoutMs: timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Change kong.conf again; the prefix archives of the backup hold the rest.",
    source: sources.ltsBackup,
  };
}
