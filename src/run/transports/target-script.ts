import { readFileSync } from "node:fs";
import { AppError } from "#src/kernel/app-error.ts";
import { quoteWord, quoteWords } from "./quote.ts";

/** Comments need not travel with every command. */
const functions = readFileSync(new URL("./target.sh", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .join("\n");

/** One connection to one state directory. */
export interface Visit {
  /** Begins every answer; drawn anew for each connection, so that nothing that a command prints is taken for one. */
  readonly mark: string;
  /** The folder of state directories; the target's own choice where absent. */
  readonly stateDir?: string | undefined;
  /** The state directory: one command of one attempt of one step. */
  readonly name: string;
  /** What the target keeps of each stream of a command, in KiB on its disk. */
  readonly keptKb?: number;
}

/** Until a few seconds later; as long as somebody follows and the disk can be given back, no output comes near it. */
const defaultKeptKb = 262_144;

/** How far the output was received, in bytes. */
export interface Received {
  readonly stdout: number;
  readonly stderr: number;
}

/** Starts a command and follows it to its end; `obsolete` are state directories whose results are recorded. @throws AppError `usage` as `quoteWord`. */
export function launchScript(
  visit: Visit,
  call: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> },
  obsolete: readonly string[],
): string {
  const exports = Object.entries(call.env).map(([name, value]) => `export ${variable(name)}=${quoteWord(value)}`);
  const clean = obsolete.length === 0 ? "" : `ku_roots; ku_clean ${quoteWords(obsolete)} &\n`;
  return script(visit, `ku_env() {\n:\n${exports.join("\n")}\n}\n`, `${clean}ku_launch ${quoteWords(call.argv)}`);
}

/** Follows a command that was started before from where its output was received; one that has not begun never will. */
export function attachScript(visit: Visit, { stdout, stderr }: Received): string {
  return script(visit, `O=${stdout} E=${stderr} H=${stdout} K=${stderr}\n`, "ku_attach");
}

/** Ends the command's process group with SIGTERM, then SIGKILL. */
export function endScript(visit: Visit): string {
  return script(visit, "", "ku_end");
}

/** Only looks. */
export function stateScript(visit: Visit): string {
  return script(visit, "", "ku_state");
}

/** Removes state directories of commands that ended. */
export function cleanScript(visit: Visit, names: readonly string[]): string {
  return script(visit, "", `ku_roots; ku_clean ${quoteWords(names)}; ku_say c`);
}

/** The braces see to it that a script that was cut off on its way does nothing. */
function script({ mark, stateDir = "", name, keptKb = defaultKeptKb }: Visit, setUp: string, work: string): string {
  const given = `M=${quoteWord(mark)} G=${quoteWord(stateDir)} N=${quoteWord(name)} W=${keptKb} O=0 E=0 H=0 K=0`;
  return `{\n${functions}\n${given}\n${setUp}${work}\nexit 0\n}\n`;
}

/** bash refuses to set these, and would end the script. */
const readOnly = new Set(["BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"]);

function variable(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name) && !readOnly.has(name)) return name;
  throw new AppError(
    "usage",
    `the variable ${JSON.stringify(name)} cannot be set by a POSIX shell; rename or remove it`,
  );
}
