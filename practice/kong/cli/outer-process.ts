import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { loadConfiguration } from "#practice/kong/configuration/configuration.ts";
import { KongFailure } from "./failure.ts";
import type { ExitCode, Invocation } from "./invocation.ts";

/** Commands whose inner process matters: they work long enough to be interrupted, or they touch the database. */
const delegated: ReadonlySet<string> = new Set(["config", "migrations", "reload", "restart", "start"]);
const preparesPrefix: ReadonlySet<string> = new Set(["config", "migrations", "prepare", "reload", "restart", "start"]);

/** Whether the top process hands this command to an inner one (3.4 and later). */
export function isDelegated(invocation: Invocation): boolean {
  return invocation.version.processes === "two" && delegated.has(invocation.line.command);
}

/**
 * The top process of 3.4 and later: it starts the process that does the work and waits for it. The inner one shares the
 * process group and the streams and runs on when this one is killed (transcripts 06 A, 11, 12).
 */
export async function runOuter(invocation: Invocation, args: readonly string[]): Promise<ExitCode> {
  const made = makePrefixQuietly(invocation);
  const code = hasUnbalancedQuote(invocation) ? complainAboutQuote(invocation) : await runInner(invocation, args);
  // The outer process prints when it ends, so its line comes after those of the inner one (transcript 19).
  if (made !== undefined) invocation.output.info(`prefix directory ${made} not found, trying to create it`);
  return code;
}

function runInner(invocation: Invocation, args: readonly string[]): Promise<ExitCode> {
  const [, program = ""] = process.argv;
  const inner = spawn(process.execPath, [program, invocation.version.version, "inner", ...args], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    inner.once("error", reject);
    inner.once("exit", (code) => resolve(code ?? 137));
  });
}

function makePrefixQuietly(invocation: Invocation): string | undefined {
  const { version, line, env } = invocation;
  if (!preparesPrefix.has(line.command)) return undefined;
  try {
    const { prefix } = loadConfiguration(version, { file: line.flags.conf, prefix: line.flags.prefix, env });
    if (existsSync(prefix)) return undefined;
    mkdirSync(prefix, { recursive: true });
    return prefix;
  } catch (error) {
    // The inner process meets the same configuration and reports it.
    if (error instanceof KongFailure) return undefined;
    throw error;
  }
}

/** 3.4 pastes argument values into a shell command line; only the harmless half of that is simulated: the syntax error. */
function hasUnbalancedQuote(invocation: Invocation): boolean {
  const { conf, prefix, nginxConf } = invocation.line.flags;
  return [conf, prefix, nginxConf, ...invocation.line.operands].some(
    (value) => value !== undefined && value.split("'").length % 2 === 0,
  );
}

function complainAboutQuote(invocation: Invocation): ExitCode {
  invocation.output.complain("sh: 14: Syntax error: Unterminated quoted string\n");
  return 2;
}
