import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePorts } from "#practice/world/free-ports.ts";
import { isAlive } from "#practice/world/process-table.ts";
import { supervise } from "#practice/world/process.ts";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import type { EmbeddedPostgres } from "#src/postgres/embedded.ts";
import { seeProcesses, signal } from "./process-tree.ts";

/** A server that can be killed, stopped and woken; after a kill it comes back by itself. */
export interface Server {
  readonly port: number;
  kill(): Promise<void>;
  stop(): Promise<void>;
  wake(): Promise<void>;
}

export interface PostgresServer extends Server, AsyncDisposable {
  readonly login: Pick<EmbeddedPostgres, "host" | "user" | "password">;
  readonly dataDir: string;
  /** Superuser's address of a database, past every link. */
  urlOf(database: string): string;
}

const restartAfterMs = 400;
const restartWithinMs = 120_000;

/** A real PostgreSQL; durable, because what was committed has to outlive a kill. */
export async function startPostgres(dataDir: string): Promise<PostgresServer> {
  // None that the kernel hands out: nothing else of this machine is given it while the server is dead.
  const [port = 0] = await freePorts(1);
  let running = await startEmbeddedPostgres({ dataDir, port });
  const postmaster = async (): Promise<number> =>
    Number((await readFile(join(running.dataDir, "cluster", "postmaster.pid"), "utf8")).split("\n")[0]);
  const all = async (): Promise<readonly number[]> => {
    const main = await postmaster();
    const backends = (await seeProcesses()).filter(({ parent }) => parent === main).map(({ pid }) => pid);
    return [main, ...backends];
  };
  const send = async (name: NodeJS.Signals): Promise<void> => {
    for (const pid of await all()) signal(pid, name);
  };
  return {
    port,
    login: running,
    dataDir: running.dataDir,
    urlOf: (database) => {
      const url = new URL(running.url);
      url.pathname = `/${database}`;
      return url.href;
    },
    kill: async () => {
      const killed = await all();
      await send("SIGKILL");
      await delay(restartAfterMs);
      // Until it is collected a dead server looks to `pg_ctl status` as if it ran.
      while (killed.some((pid) => isAlive(pid))) await delay(20);
      running = await startAgain(dataDir, port);
    },
    stop: () => send("SIGSTOP"),
    wake: () => send("SIGCONT"),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

/** Backends of the killed server may hold its shared memory for a moment. */
async function startAgain(dataDir: string, port: number): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + restartWithinMs;
  for (;;) {
    try {
      const started = await startEmbeddedPostgres({ dataDir });
      if (started.port !== port) throw new Error(`PostgreSQL came back on port ${started.port} instead of ${port}`);
      return started;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(restartAfterMs);
    }
  }
}

export interface RedisServer extends Server, AsyncDisposable {
  /** Loses everything while it runs. */
  flush(): Promise<void>;
  /** What it comes back with after the next kill. */
  snapshot(): Promise<void>;
}

/** A real Redis that writes only snapshots that it is told to: after a kill it knows an old state, or none. */
export async function startRedis(folder: string, env: Readonly<Record<string, string>>): Promise<RedisServer> {
  const [port = 0] = await freePorts(1);
  const argv = ["redis-server", "--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""] as const;
  const server = supervise({
    name: "redis",
    argv: [...argv, "--appendonly", "no", "--maxmemory-policy", "noeviction"],
    env,
    logFile: join(folder, "redis.log"),
    cwd: folder,
    restartAfterMs,
    onDeath: () => undefined,
  });
  const tell = async (...words: readonly [string, ...string[]]): Promise<void> => {
    const client = new Redis({
      port,
      host: "127.0.0.1",
      lazyConnect: true,
      retryStrategy: () => null,
      commandTimeout: 2_000,
    });
    client.on("error", () => undefined);
    const [name, ...args] = words;
    // Killed or stopped at this very moment: then nothing was told.
    await client
      .connect()
      .then(() => client.call(name, ...args))
      .catch(() => undefined);
    client.disconnect();
  };
  const send = async (name: NodeJS.Signals): Promise<void> => {
    const pid = server.pid();
    if (pid !== undefined) signal(pid, name);
  };
  return {
    port,
    kill: () => send("SIGKILL"),
    stop: () => send("SIGSTOP"),
    wake: () => send("SIGCONT"),
    flush: () => tell("FLUSHALL"),
    snapshot: () => tell("SAVE"),
    [Symbol.asyncDispose]: async () => {
      await send("SIGCONT");
      await server.stop(1_000);
    },
  };
}
