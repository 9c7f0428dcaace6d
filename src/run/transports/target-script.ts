import { readFileSync } from "node:fs";
import { AppError } from "#src/kernel/app-error.ts";
import { quoteWord, quoteWords } from "./quote.ts";

/** Comments need not travel with every command. */
const functions = readFileSync(new URL("./target.sh", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .join("\n");

/** Who hears a script. */
export interface Hearing {
  /** Begins every answer; drawn anew for each script, so that nothing that a command prints is taken for one. */
  readonly mark: string;
  /** A shell that ends with it, or one that hears others afterwards: the first has to be told the functions. */
  readonly shell?: "ends" | "lasts" | "lasted";
}

/** One script about one state directory. */
export interface Visit extends Hearing {
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
  const clean = obsolete.length === 0 ? "" : `ku_roots; ku_clean ${quoteWords(obsolete)}\n`;
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
  return script(visit, "", `ku_roots; ku_clean ${quoteWords(names)}; wait; ku_say c`);
}

/** The braces see to it that a script that was cut off on its way does nothing. */
function script({ mark, shell = "ends", stateDir = "", name, keptKb }: Visit, setUp: string, work: string): string {
  const given = `M=${quoteWord(mark)} G=${quoteWord(stateDir)} N=${quoteWord(name)} W=${keptKb ?? defaultKeptKb}`;
  const known = shell === "lasted" ? "" : `${functions}\n`;
  // A shell that stays holds no secret and no folder for longer than the command.
  const end = shell === "ends" ? "exit 0" : "ku_env() { :; }; cd /";
  return `{\n${known}${given} O=0 E=0 H=0 K=0 q=\n${setUp}${work}\n${end}\n}\n`;
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
