import { quorumPolicy } from "#approvals/policy.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "#src/plan/environment.ts";
import { sealPlan } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command, Step } from "#src/plan/step.ts";
import type { Permits } from "#src/run/permits.ts";
import type { Logger } from "#src/run/ports.ts";

/**
 * A folder that goes away with its block. A runner that was stopped at once may still write a result down that the record
 * has already: what it makes while the folder is emptied is taken away by a further try.
 */
export async function createFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "kong-upgrade-run-"));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

export const silentLog: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** An environment on a test database; its `kong` does not exist unless a test gives one. */
export function createEnvironment(databaseUrl: string, changes: Partial<Environment> = {}): Environment {
  const url = new URL(databaseUrl);
  const login = { user: url.username, password: { env: "TEST_DATABASE_PASSWORD" } };
  return {
    name: "practice",
    description: "",
    channel: "C0PRACTCE",
    edition: "oss",
    topology: "traditional",
    database: {
      host: url.hostname,
      port: Number(url.port),
      name: url.pathname.slice(1),
      ...login,
      admin: { ...login, database: "postgres" },
    },
    nodes: [
      {
        name: "kong-1",
        kong: "/nonexistent/kong",
        conf: "/nonexistent/kong.conf",
        prefix: "/nonexistent/prefix",
        admin: "http://127.0.0.1:1",
        proxy: "http://127.0.0.1:1",
        env: {},
        secrets: {},
      },
    ],
    backupDir: "/nonexistent/backup",
    keyring: false,
    tools: {
      pgDump: "pg_dump",
      pgRestore: "pg_restore",
      createdb: "createdb",
      dropdb: "dropdb",
      psql: "psql",
    },
    hooks: {},
    smokeTests: [],
    soak: { durationMs: 100, sampleEveryMs: 20, maxErrorRateIncrease: 0.01 },
    timeouts: { migrationsMs: 60_000, backupMs: 60_000, commandMs: 60_000 },
    policies: {
      irreversible: quorumPolicy({
        users: ["U0CAROL01", "U0DAVE001"],
        groups: [],
        quorum: 1,
        expiresAfterMs: 3_600_000,
      }),
    },
    operators: { users: [], groups: [] },
    ...changes,
  };
}

/** Resolves the password of the test database and what a test adds. */
export function resolverFor(databaseUrl: string, more: Readonly<Record<string, string>> = {}) {
  const values: Readonly<Record<string, string>> = {
    TEST_DATABASE_PASSWORD: decodeURIComponent(new URL(databaseUrl).password),
    ...more,
  };
  return async (ref: { readonly env: string } | { readonly file: string }): Promise<string> => {
    const value = "env" in ref ? values[ref.env] : undefined;
    if (value === undefined) throw new Error(`the secret ${JSON.stringify(ref)} is not set`);
    return value;
  };
}

export function shell(script: string, changes: Partial<Command> = {}): Command {
  return { target: "runner", argv: ["/bin/sh", "-c", script], env: {}, secrets: {}, ...changes };
}

/** Lets a runner start what these steps start; a runner's own plans start only what its environments name. */
export const permits = { file: "runner.yml", programs: ["/bin/sh", process.execPath] } as const;

/** The same, and the stand-ins of docker and kubectl in a folder. */
export function permitsWith(folder: string): Permits {
  return { ...permits, programs: [...permits.programs, `${folder}/docker`, `${folder}/kubectl`] };
}

export function present(...paths: readonly string[]): Probe {
  return { kind: "files_present", paths };
}

/** A step that runs one shell script. */
export function createStep(changes: Partial<Step> = {}): Step {
  return {
    id: "work",
    phase: "migrate",
    title: "Work",
    why: "because",
    class: "safe",
    action: { kind: "commands", commands: [shell("true")] },
    targets: ["runner"],
    precheck: [],
    proof: [],
    timeoutMs: 60_000,
    isIdempotent: false,
    wayBack: "none needed",
    source: "test",
    ...changes,
  };
}

export function createPlan(environment: Environment, steps: readonly Step[]): Plan {
  return sealPlan({
    kind: "upgrade",
    environment: environment.name,
    strategy: "in-place",
    from: "2.8.5",
    to: "3.4.2",
    options: { order: "test-first" },
    findings: [],
    steps,
    notes: [],
  });
}
