import { readFile, stat } from "node:fs/promises";
import { Client } from "pg";
import { instantOf } from "#src/kernel/instant.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { limits } from "./limits.ts";
import { runInTime } from "#src/run-in-time.ts";
import { fetchJson } from "./http-json.ts";
import type { CommandCall, DiscoveryPorts, SqlCall } from "./ports.ts";

export interface LivePortOptions {
  readonly resolveSecret: (secret: SecretRef) => Promise<string>;
  /** What every command gets besides its own variables: PATH, HOME, TMPDIR and the like. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Runs a command somewhere else; without it nothing can be looked at there. */
  readonly elsewhere?: Elsewhere;
}

/** Runs a command that only looks at another place. */
export type Elsewhere = (via: Transport, call: Omit<CommandCall, "via">) => ReturnType<DiscoveryPorts["runCommand"]>;

/** The ports of a running process: HTTP, processes, PostgreSQL, files and the clock. */
export function livePorts({ resolveSecret, baseEnv, elsewhere = nowhereElse }: LivePortOptions): DiscoveryPorts {
  return {
    fetchJson,
    runCommand: ({ via, ...call }) =>
      via === undefined ? runCommand({ ...call, env: { ...baseEnv, ...call.env } }) : elsewhere(via, call),
    querySql,
    readText: (path, timeoutMs, via) =>
      via === undefined ? readText(path, timeoutMs) : readTextElsewhere(path, via, elsewhere),
    resolveSecret,
    now: () => instantOf(Date.now()),
  };
}

async function runCommand({
  argv,
  env,
  timeoutMs,
}: CommandCall): Promise<Awaited<ReturnType<DiscoveryPorts["runCommand"]>>> {
  const [file, ...words] = argv;
  if (file === undefined) throw new Error("a command needs at least one word");
  const { exitCode, stdout, stderr, timedOut, wasStarted, problem } = await runInTime({
    argv: [file, ...words],
    env,
    timeoutMs,
    maxBytes: limits.answerBytes,
  });
  if (!wasStarted) throw new Error(problem ?? `${file} could not be started`);
  return { exitCode, stdout, stderr, timedOut };
}

async function querySql({ login, statements, timeoutMs }: SqlCall): Promise<readonly (readonly unknown[])[]> {
  const client = new Client({
    ...login,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
    application_name: "kong-upgrade",
  });
  // A connection that breaks between two statements also rejects the running one, which tells the caller.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("begin isolation level repeatable read read only");
    const results: (readonly unknown[])[] = [];
    for (const statement of statements) results.push((await client.query<Record<string, unknown>>(statement)).rows);
    await client.query("commit");
    return results;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function readText(path: string, timeoutMs: number): Promise<string> {
  const { size } = await stat(path);
  if (size > limits.answerBytes) throw new Error(`${path} has ${size} bytes, more than a configuration file ever has`);
  return readFile(path, { encoding: "utf8", signal: AbortSignal.timeout(timeoutMs) });
}

async function readTextElsewhere(path: string, via: Transport, elsewhere: Elsewhere): Promise<string> {
  // Logging in takes its time, too.
  const timeoutMs = limits.commandTimeoutMs;
  const output = await elsewhere(via, { argv: catOf(path), env: {}, timeoutMs });
  const where = describeTransport(via);
  if (output.timedOut) throw new Error(`${path} could not be read by ${where} within ${timeoutMs} ms`);
  if (output.exitCode !== 0)
    throw new Error(`${path} cannot be read by ${where}: ${output.stderr.slice(0, 300).trim()}`);
  return output.stdout;
}

/** The words that print a file elsewhere. */
export function catOf(path: string): readonly string[] {
  return ["cat", "--", path];
}

async function nowhereElse(via: Transport): Promise<never> {
  throw new Error(`this process reaches nothing by ${describeTransport(via)}; only runners do`);
}
