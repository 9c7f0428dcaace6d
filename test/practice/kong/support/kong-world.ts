import { compileCache } from "#practice/world/compile-cache.ts";
import { freePorts } from "#practice/world/free-ports.ts";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { Client } from "pg";
import { installKong, kongOfVersion } from "#practice/kong/installation.ts";
import { createDatabase } from "#test/support/database.ts";
import { waitUntil } from "#test/support/wait-until.ts";

/** What a command said and how it ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** A command that was started and left running, as the leader of a process group. */
export interface Launched {
  readonly pid: number;
  /** How the top process ended, as soon as it has. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** What was said until the last process of the group let go of the streams. */
  readonly ended: Promise<Ended>;
  /** Bytes of stdout that have arrived so far. */
  readonly arrived: () => number;
}

/** A machine of its own for one test: simulated Kong, a database with a role that owns it, a prefix, ports. */
export interface KongWorld extends AsyncDisposable {
  readonly folder: string;
  readonly prefix: string;
  readonly ports: { readonly proxy: number; readonly admin: number; readonly status: number };
  readonly env: Readonly<Record<string, string>>;
  /** A session of the superuser on the world's database. */
  readonly admin: Client;
  readonly role: string;
  kong(version: string, words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  launch(version: string, words: readonly string[], env?: Readonly<Record<string, string>>): Launched;
  executable(version: string): string;
  /** Replaces the world's names by the recorded ones. */
  anonymous(text: string): string;
  /** Turns recorded paths into the world's. */
  readonly local: (word: string) => string;
  /** Empties the database. */
  wipe(): Promise<void>;
  /** Holds an ACCESS EXCLUSIVE lock on a table while `work` runs. */
  whileLocked<T>(table: string, work: () => Promise<T>): Promise<T>;
}

/** Shared by all worlds and runs, inside a folder that no one commits. */

/** Opens a world; disposing of it ends its node and drops its database. */
export async function openKongWorld(): Promise<KongWorld> {
  const database = await createDatabase();
  const role = `kong_${randomBytes(4).toString("hex")}`;
  const folder = await mkdtemp(join(tmpdir(), "kong-world-"));
  const prefix = join(folder, "usr-local-kong");
  const [proxy = 0, adminPort = 0, status = 0] = await freePorts(3);
  await mkdir(prefix);
  await mkdir(join(folder, "srv"));
  await installKong({ root: folder, compileCache });
  const admin = new Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(`create role ${role} login password 'kong'`);
  await admin.query(`alter database ${database.name} owner to ${role}`);

  const url = new URL(database.url);
  const env: Readonly<Record<string, string>> = {
    KONG_DATABASE: "postgres",
    KONG_PG_HOST: url.hostname,
    KONG_PG_PORT: url.port,
    KONG_PG_USER: role,
    KONG_PG_PASSWORD: "kong",
    KONG_PG_DATABASE: database.name,
    KONG_PROXY_LISTEN: `127.0.0.1:${proxy}`,
    KONG_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
    KONG_STATUS_LISTEN: `127.0.0.1:${status}`,
    KONG_ANONYMOUS_REPORTS: "off",
    KONG_NGINX_WORKER_PROCESSES: "1",
    KONG_PREFIX: prefix,
  };
  const names: readonly (readonly [string, string])[] = [
    [prefix, "/usr/local/kong"],
    [join(folder, "srv"), "/srv/kong"],
    [join(folder, "nonexistent"), "/nonexistent"],
    [database.name, "kong"],
    [role, "kong"],
    [`127.0.0.1:${proxy}`, "127.0.0.1:18000"],
  ];
  const executable = (version: string) => kongOfVersion(folder, version);
  const settings = { reject: false, stripFinalNewline: false, extendEnv: false, timeout: 120_000 } as const;
  const baseEnv = (version: string) => ({
    PATH: `${dirname(executable(version))}:/usr/local/bin:/usr/bin:/bin`,
    HOME: folder,
    TMPDIR: folder,
  });

  return {
    folder,
    prefix,
    ports: { proxy, admin: adminPort, status },
    env,
    admin,
    role,
    executable,
    kong: async (version, words, chosen = env) => {
      const [file = "", ...args] = words;
      return ended(await execa(file, args, { ...settings, env: { ...baseEnv(version), ...chosen } }));
    },
    launch: (version, words, chosen = env) => {
      const [file = "", ...args] = words;
      const running = execa(file, args, { ...settings, detached: true, env: { ...baseEnv(version), ...chosen } });
      if (running.pid === undefined) throw new Error(`${file} did not start`);
      let bytes = 0;
      running.stdout.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      return {
        pid: running.pid,
        exited: new Promise((resolve) => {
          running.once("exit", (code, signal) => resolve({ code, signal }));
        }),
        ended: running.then(ended),
        arrived: () => bytes,
      };
    },
    anonymous: (text) => names.reduce((so, [own, recorded]) => so.replaceAll(own, recorded), text),
    local: (word) =>
      word.replaceAll("/srv/kong", join(folder, "srv")).replaceAll("/nonexistent", join(folder, "nonexistent")),
    wipe: async () => {
      await admin.query(`drop schema public cascade; create schema public authorization ${role}`);
    },
    whileLocked: async (table, work) => {
      const blocker = new Client({ connectionString: database.url });
      await blocker.connect();
      try {
        await blocker.query(`begin; lock table ${table} in access exclusive mode`);
        return await work();
      } finally {
        await blocker.end();
      }
    },
    [Symbol.asyncDispose]: async () => {
      await killMaster(prefix);
      await admin.query(`reassign owned by ${role} to current_user; drop owned by ${role}`);
      await admin.query(`alter database ${database.name} owner to current_user`);
      await admin.end();
      await database[Symbol.asyncDispose]();
      await dropRole(url.href, role);
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

async function dropRole(url: string, role: string): Promise<void> {
  const place = new URL(url);
  place.pathname = "/postgres";
  const client = new Client({ connectionString: place.href });
  await client.connect();
  try {
    await client.query(`drop role if exists ${role}`);
  } finally {
    await client.end();
  }
}

function ended(result: {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode?: number | undefined;
}): Ended {
  return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode };
}

/** Ends a node that a test left running, by its own pid file, and waits for it: it still writes into the folder. */
async function killMaster(prefix: string): Promise<void> {
  const text = await readFile(join(prefix, "pids", "nginx.pid"), "utf8").catch(() => "");
  const pid = Number(text.trim());
  if (!Number.isInteger(pid) || pid <= 1) return;
  await waitUntil("the node is gone", () => !send(pid, "SIGTERM"));
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
