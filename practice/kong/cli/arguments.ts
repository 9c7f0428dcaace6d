import type { KongVersion } from "#practice/kong/versions/version.ts";
import type { Verbosity } from "./output.ts";
import { usageOf } from "./usage.ts";

/** Everything that can be said on the command line, with Kong's defaults filled in. */
export interface Flags {
  readonly verbosity: Verbosity;
  readonly conf: string | undefined;
  readonly prefix: string | undefined;
  readonly nginxConf: string | undefined;
  readonly runMigrations: boolean;
  /** Seconds; `undefined` leaves the decision to pg_timeout. */
  readonly dbTimeoutSeconds: number | undefined;
  readonly lockTimeoutSeconds: number;
  readonly yes: boolean;
  readonly quiet: boolean;
  readonly force: boolean;
  readonly quitTimeoutSeconds: number;
  readonly quitWaitSeconds: number;
  readonly all: boolean;
}

export interface CommandLine {
  readonly command: string;
  /** Of `migrations` and `config`. */
  readonly subcommand: string | undefined;
  readonly operands: readonly string[];
  readonly flags: Flags;
}

/** Either what to do, or the text with which Kong refuses the line (stderr, exit code 1). */
export type ParsedLine =
  | { readonly kind: "command"; readonly line: CommandLine }
  | { readonly kind: "usage"; readonly text: string };

type Switch = { readonly kind: "switch" | "number" | "text"; readonly name: string };

const conf: Readonly<Record<string, Switch>> = {
  c: { kind: "text", name: "conf" },
  conf: { kind: "text", name: "conf" },
};
const prefix: Readonly<Record<string, Switch>> = {
  p: { kind: "text", name: "prefix" },
  prefix: { kind: "text", name: "prefix" },
};
const nginx: Readonly<Record<string, Switch>> = { "nginx-conf": { kind: "text", name: "nginxConf" } };
const locking: Readonly<Record<string, Switch>> = {
  "db-timeout": { kind: "number", name: "dbTimeout" },
  "lock-timeout": { kind: "number", name: "lockTimeout" },
};
const starting = {
  ...conf,
  ...prefix,
  ...nginx,
  ...locking,
  "run-migrations": { kind: "switch", name: "runMigrations" },
} as const;

const switchesOf: Readonly<Record<string, Readonly<Record<string, Switch>>>> = {
  check: {},
  config: { ...conf, ...prefix },
  drain: { ...conf, ...prefix },
  health: prefix,
  migrations: {
    ...conf,
    ...prefix,
    ...locking,
    y: { kind: "switch", name: "yes" },
    yes: { kind: "switch", name: "yes" },
    q: { kind: "switch", name: "quiet" },
    quiet: { kind: "switch", name: "quiet" },
    f: { kind: "switch", name: "force" },
    force: { kind: "switch", name: "force" },
  },
  prepare: { ...conf, ...prefix, ...nginx },
  quit: {
    ...prefix,
    t: { kind: "number", name: "timeout" },
    timeout: { kind: "number", name: "timeout" },
    w: { kind: "number", name: "wait" },
    wait: { kind: "number", name: "wait" },
  },
  reload: { ...conf, ...prefix, ...nginx },
  restart: starting,
  start: starting,
  stop: prefix,
  version: { a: { kind: "switch", name: "all" }, all: { kind: "switch", name: "all" } },
};

const subcommands: Readonly<Record<string, readonly string[]>> = {
  config: ["init", "db_import", "db_export", "parse"],
};

/** Reads a command line the way Kong's own parser does: surplus operands are ignored, everything unknown ends in usage. */
export function parseCommandLine(args: readonly string[], version: KongVersion): ParsedLine {
  const [command, ...rest] = args;
  if (command === undefined) return { kind: "usage", text: usageOf(version, "kong") };
  if (!version.commands.includes(command)) return refusal(`No such command: ${command}`, usageOf(version, "kong"));
  const switches = switchesOf[command];
  if (switches === undefined) return { kind: "usage", text: `kong ${command} is not part of the simulated Kong\n` };

  const usage = usageOf(version, command);
  if (rest.includes("--help") || rest.includes("-h")) return { kind: "usage", text: usage };
  const subs = command === "migrations" ? version.migrationCommands : subcommands[command];
  const [first, ...afterFirst] = rest;
  let subcommand: string | undefined;
  if (subs !== undefined) {
    if (first === undefined) return { kind: "usage", text: usage };
    if (!subs.includes(first)) return refusal(`No such command for ${command}: ${first}`, usage);
    subcommand = first;
  }
  const read = readSwitches(subs === undefined ? rest : afterFirst, switches);
  if ("problem" in read) return refusal(`kong: ${read.problem}`, usage);
  return { kind: "command", line: { command, subcommand, operands: read.operands, flags: flagsFrom(read, version) } };
}

interface ReadSwitches {
  readonly operands: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly on: ReadonlySet<string>;
}

function readSwitches(
  words: readonly string[],
  known: Readonly<Record<string, Switch>>,
): ReadSwitches | { readonly problem: string } {
  const operands: string[] = [];
  const texts = new Map<string, string>();
  const numbers = new Map<string, number>();
  const on = new Set<string>();
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const match = /^--?([^=]+)(?:=(.*))?$/s.exec(word);
    if (match === null) {
      operands.push(word);
      continue;
    }
    const name = match[1] ?? "";
    if (name === "v" || name === "vv") {
      on.add(name);
      continue;
    }
    const found = known[name];
    if (found === undefined) return { problem: `unrecognized parameter: ${name}` };
    if (found.kind === "switch") {
      on.add(found.name);
      continue;
    }
    const value = match[2] ?? queue.shift();
    if (value === undefined) return { problem: `parameter for ${name} missing` };
    if (found.kind === "text") texts.set(found.name, value);
    else if (value.trim() === "" || Number.isNaN(Number(value)))
      return { problem: `unable to convert to number: ${value}` };
    else numbers.set(found.name, Number(value));
  }
  return { operands, texts, numbers, on };
}

function flagsFrom(read: ReadSwitches, version: KongVersion): Flags {
  const { texts, numbers, on } = read;
  return {
    verbosity: on.has("vv") ? "debug" : on.has("v") ? "verbose" : "info",
    conf: texts.get("conf"),
    prefix: texts.get("prefix"),
    nginxConf: texts.get("nginxConf"),
    runMigrations: on.has("runMigrations"),
    dbTimeoutSeconds: numbers.get("dbTimeout") ?? version.dbTimeoutSeconds,
    lockTimeoutSeconds: numbers.get("lockTimeout") ?? 60,
    yes: on.has("yes"),
    quiet: on.has("quiet"),
    force: on.has("force"),
    quitTimeoutSeconds: numbers.get("timeout") ?? 10,
    quitWaitSeconds: numbers.get("wait") ?? 0,
    all: on.has("all"),
  };
}

function refusal(message: string, usage: string): ParsedLine {
  return { kind: "usage", text: `${message}\n\n${usage}` };
}
