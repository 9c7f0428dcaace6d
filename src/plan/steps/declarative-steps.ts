import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command, Step } from "#src/plan/step.ts";
import { backupFolder } from "./backup-layout.ts";
import { nodeNames } from "./check-steps.ts";
import { freeze } from "./freeze-steps.ts";
import { runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";

type Declarative = NonNullable<Environment["declarative"]>;

/**
 * The declarative files of nodes without a database, for what needs them.
 * @throws Error where the environment names none; strategies refuse it before they make a step
 */
function declarativeOf({ environment }: PlanContext): Declarative {
  if (environment.declarative === undefined) throw new Error(`environment ${environment.name} has no declarative file`);
  return environment.declarative;
}

/** How new nodes come to load the converted file, and old ones the old file. */
export type Loading =
  /** Both versions load the same file. */
  | "same_file"
  /** The hook writes it into kong.conf. */
  | "configure_hook"
  /** `kong start` gets it as KONG_DECLARATIVE_CONFIG, which wins over kong.conf. */
  | "variable"
  /** Somebody else than this program starts Kong, so a person writes it into kong.conf. */
  | "by_hand";

export function loadingOf(environment: Environment): Loading {
  const { declarative, hooks, service } = environment;
  if (declarative === undefined || declarative.file === declarative.converted) return "same_file";
  if (hooks.configure !== undefined) return "configure_hook";
  return hooks.start === undefined && service === undefined ? "variable" : "by_hand";
}

/** The view in which a node is started on the converted file. */
export function onConvertedFile(view: PlanContext): PlanContext {
  const { environment } = view;
  if (loadingOf(environment) !== "variable") return view;
  const { converted } = declarativeOf(view);
  const withFile = (node: KongNode): KongNode => ({
    ...node,
    env: { ...node.env, KONG_DECLARATIVE_CONFIG: converted },
  });
  return { ...view, environment: { ...environment, nodes: environment.nodes.map((node) => withFile(node)) } };
}

/** Stops everything that changes the file or posts a configuration to a node. */
export function freezeFile(context: PlanContext): Step {
  const { file } = declarativeOf(context);
  const step = freeze(context);
  return {
    ...step,
    why: "Old and new nodes serve side by side, each from its own file: a change would reach some of them only. The files are compared with their copies before every batch.",
    ...(step.action.kind === "manual"
      ? {
          action: {
            kind: "manual" as const,
            instruction: `Stop everything that changes ${file} or sends a configuration to a node (POST /config): pipelines, decK jobs, controllers, people. Say in the team channel that configuration is frozen.`,
            button: "Writes are stopped",
          },
        }
      : {}),
    source: sources.ltsRolling,
  };
}

/** Copies of both files; the old one is the way back, both are what later steps compare with. */
export function backupDeclarativeFiles(context: PlanContext): Step {
  const files = fileCopies(context);
  return {
    id: "backup-declarative-files",
    phase: "back_up",
    title: "Copy the declarative files, old and converted",
    why: "They are the whole configuration of nodes without a database. The old file is the way back.",
    class: "safe",
    action: {
      kind: "commands",
      commands: files.map(({ original, copy }) => runnerCommand(["cp", "-p", original, copy])),
    },
    targets: ["runner"],
    precheck: [{ kind: "files_present", paths: files.map(({ original }) => original) }],
    proof: filesUnchanged(context),
    timeoutMs: context.environment.timeouts.backupMs,
    isIdempotent: true,
    wayBack: "Kong was not changed; only files were made.",
    source: sources.ltsDbless,
  };
}

/** The files that are loaded now and then are there; nothing to ask where the environment names none. */
export function declarativePresent({ environment: { declarative } }: PlanContext): readonly Probe[] {
  if (declarative === undefined) return [];
  const { file, converted } = declarative;
  return [{ kind: "files_present", paths: converted === file ? [file] : [file, converted] }];
}

/** Nobody changed a declarative file since it was copied; nothing to ask where the environment names none. */
export function filesUnchanged(context: PlanContext): readonly Probe[] {
  return context.environment.declarative === undefined ? [] : fileCopies(context).map((pair) => sameFile(pair));
}

/** Nobody changed the file that the old version loads. */
export function oldFileUnchanged(context: PlanContext): readonly Probe[] {
  return filesUnchanged(context).slice(0, 1);
}

function sameFile({ original, copy }: FileCopy): Probe {
  return { kind: "command_output", look: { target: "runner", argv: ["cmp", copy, original] } };
}

interface FileCopy {
  readonly original: string;
  readonly copy: string;
}

function fileCopies(context: PlanContext): readonly FileCopy[] {
  const { file, converted } = declarativeOf(context);
  const folder = backupFolder(context);
  return [
    { original: file, copy: `${folder}/declarative-old.yml` },
    ...(converted === file ? [] : [{ original: converted, copy: `${folder}/declarative-new.yml` }]),
  ];
}

/** Lets the new version read the converted file while every old node still serves. */
export function checkConvertedFile(context: PlanContext): Step {
  const { environment, to } = context;
  const { converted } = declarativeOf(context);
  const command = parseInContainer(context, converted);
  const shared = {
    id: "check-declarative",
    phase: "prepare",
    title: `Let ${to} read ${converted}`,
    class: "safe",
    targets: ["runner"],
    precheck: [{ kind: "files_present", paths: [converted] }],
    timeoutMs: environment.timeouts.backupMs,
    isIdempotent: true,
    wayBack: "Nothing was changed.",
    source: sources.ltsRolling,
  } as const satisfies Partial<Step>;
  if (command === undefined) {
    return {
      ...shared,
      why: "A file that the new version cannot read would stop its first start. No image of the new version is configured, so a person reads it where that version is installed; the first node reads it again before it starts. Kong's guide asks for `deck validate` at least, which knows less than the new version itself.",
      action: {
        kind: "manual",
        instruction: `On a machine with Kong ${to} and the same custom plugins run \`kong config parse ${converted}\`. It has to say “parse successful”. Also look at what the conversion changed: regex paths begin with ~, renamed plugin fields.`,
        button: "parse successful",
      },
      proof: [],
    };
  }
  return {
    ...shared,
    why: "A file that the new version cannot read would stop its first start. It is read in a container of the new version, which is connected to nothing and knows more than `deck validate`, the least that Kong's guide asks for.",
    action: { kind: "commands", commands: [command] },
    proof: [{ kind: "files_present", paths: [converted] }],
  };
}

function parseInContainer({ environment, to }: PlanContext, file: string): Command | undefined {
  const { packages, nodes } = environment;
  if (packages?.recipe !== "docker" || packages.image === undefined) return undefined;
  const env = Object.entries(nodes[0]?.env ?? {}).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const run = ["docker", "run", "--rm", "--network", "none", "-e", "KONG_DATABASE=off", ...env];
  const words = ["-v", `${file}:${file}:ro`, `${packages.image}:${to}`, "kong", "config", "parse", file];
  return runnerCommand([...(packages.usesSudo ? ["sudo", "-n"] : []), ...run, ...words]);
}

/** What a person still has to do, so that a restart by hand loads the file that the node runs with. */
export function keepConvertedFile(context: PlanContext): readonly Step[] {
  const loading = loadingOf(context.environment);
  switch (loading) {
    case "same_file":
    case "configure_hook":
    case "by_hand":
      return [];
    case "variable":
      return [writeIntoConf(context)];
    default:
      return unreachable(loading);
  }
}

function writeIntoConf(context: PlanContext): Step {
  const { converted } = declarativeOf(context);
  const names = nodeNames(context);
  return {
    id: "keep-declarative",
    phase: "close",
    title: `Write declarative_config = ${converted} into kong.conf of every node`,
    why: "The nodes got the file by an environment variable of their start. A reload or restart by hand has no such variable and would load the old file, which the new version may not read.",
    class: "safe",
    action: {
      kind: "manual",
      instruction: `In kong.conf of ${names.join(", ")} set declarative_config = ${converted}. Nothing has to be restarted. No configure hook is set that could do it.`,
      button: "It is written",
    },
    targets: names,
    precheck: [],
    proof: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "The way back puts the old kong.conf into its place.",
    source: sources.ltsDbless,
  };
}
