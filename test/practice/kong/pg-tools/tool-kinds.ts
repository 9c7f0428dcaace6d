import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Options } from "execa";
import { inject } from "vitest";
import { preparePgTools } from "#practice/kong/pg-tools/prepare.ts";
import type { PreparedTools } from "#practice/kong/pg-tools/prepare.ts";

/** The major version of the server that every test run starts. */
const serverVersion = "15.18";
const root = join(tmpdir(), `kong-upgrade-pg-tools-${process.pid}`);
const simulated = await preparePgTools({ root, serverVersion, prefer: "simulated" });
const installed = await preparePgTools({ root: join(root, "found"), serverVersion });

/** Whether PostgreSQL's own client programs of the server's version are on this machine. */
export const hasRealTools = Object.values(installed).every((tool) => tool.kind === "real");

/** The kinds of programs to test: always the stand-ins, and the real ones where they are installed. */
export const kinds: readonly (readonly [string, PreparedTools])[] = hasRealTools
  ? [
      ["simulated", simulated],
      ["real", installed],
    ]
  : [["simulated", simulated]];

/** How a program ended. */
export interface Ended {
  readonly exitCode?: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call of one program with the run's server as its target. */
export async function call(
  tools: PreparedTools,
  tool: keyof PreparedTools,
  args: readonly string[],
  env: Options["env"] = {},
): Promise<Ended> {
  const server = new URL(inject("postgresUrl"));
  const where = ["-h", server.hostname, "-p", server.port, "-U", server.username];
  return execa(tools[tool].path, [...where, ...args], {
    env: { PGPASSWORD: server.password, ...env },
    reject: false,
    timeout: 120_000,
    stdin: "ignore",
    encoding: "utf8",
    lines: false,
  });
}

/** A folder for dump files. */
export async function dumpFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "dumps-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
