import { unreachable } from "#src/kernel/result.ts";
import { allNodes } from "./sides.ts";
import type { Environment } from "./environment.ts";
import type { Hook } from "./hook.ts";
import type { Packages } from "./packages.ts";
import type { Service } from "./service.ts";
import type { Transport } from "./transport.ts";

/** Programs that steps of every strategy use for files of the backup and on nodes; `cat` and `test` look at nodes elsewhere. */
const filePrograms = ["cat", "cmp", "cp", "mkdir", "rm", "sleep", "tar", "test"] as const;

/**
 * The programs that an environment's description names, as commands call them: what a runner may start where its own file
 * does not say it more narrowly. A hook may hold placeholders in the name of its program.
 */
export function programsOf(environment: Environment): readonly string[] {
  const { tools, hooks, metrics, kubernetes, deck, cassandra, packages, service } = environment;
  return [
    ...filePrograms,
    ...allNodes(environment).map(({ kong }) => kong),
    ...allNodes(environment).flatMap(({ transport }) => programsOfWay(transport)),
    ...Object.values(tools),
    ...Object.values(hooks).flatMap((hook) => programsOfHook(hook)),
    ...(metrics?.from === "command" ? programsOfCommand(metrics.argv) : []),
    ...(kubernetes === undefined ? [] : [kubernetes.kubectl, kubernetes.helm]),
    ...(deck === undefined ? [] : [deck.program]),
    ...(cassandra === undefined ? [] : [cassandra.nodetool]),
    ...(packages === undefined ? [] : packagePrograms(packages)),
    ...(service === undefined ? [] : servicePrograms(service)),
  ];
}

/** What is started on the runner to reach a place. `ssh` is always the system's own, and limited as a transport. */
export function programsOfWay(via: Transport | undefined): readonly string[] {
  if (via === undefined || via.kind === "ssh") return [];
  return [via.kind === "docker" ? via.docker : via.kubectl];
}

function programsOfHook(hook: Hook | undefined): readonly string[] {
  if (hook === undefined) return [];
  return [...programsOfCommand(hook.argv), ...(hook.probe === undefined ? [] : programsOfCommand(hook.probe.argv))];
}

function packagePrograms({ recipe, usesSudo }: Packages): readonly string[] {
  const sudo = usesSudo ? ["sudo"] : [];
  switch (recipe) {
    case "apt":
      // A change of the edition removes the other package by dpkg.
      return [...sudo, "apt-get", "dpkg"];
    case "dpkg":
    case "yum":
    case "rpm":
    case "docker":
      return [...sudo, recipe];
    default:
      return unreachable(recipe);
  }
}

function servicePrograms({ recipe, usesSudo }: Service): readonly string[] {
  return [...(usesSudo ? ["sudo"] : []), recipe === "systemd" ? "systemctl" : recipe];
}

/** Options of sudo that stand alone, and those that take the next word (sudo(8), version 1.9). */
const sudoSwitches = new Set(["-n", "-E", "-H", "-k", "--non-interactive", "--preserve-env", "--set-home"]);
const sudoOptions = new Set(["-u", "-g", "-p", "-C", "-T", "--user", "--group", "--prompt"]);

/**
 * The programs that a command starts: its own, and the one behind `sudo`, which would else allow everything. What cannot
 * be looked through (an option that is not known here, a variable, a shell of sudo's own) stays as the whole line, which
 * no list allows.
 */
export function programsOfCommand(argv: readonly string[]): readonly string[] {
  const [program = "", ...words] = argv;
  if (program !== "sudo" && !program.endsWith("/sudo")) return [program];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (word === "--") return [program, ...programsOfCommand(words.slice(index + 1))];
    if (sudoOptions.has(word)) index += 1;
    else if (!sudoSwitches.has(word)) {
      const isOpaque = word.startsWith("-") || word.includes("=");
      return isOpaque ? [program, argv.join(" ")] : [program, ...programsOfCommand(words.slice(index))];
    }
  }
  return [program, argv.join(" ")];
}
