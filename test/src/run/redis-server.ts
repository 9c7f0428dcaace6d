import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { Redis } from "ioredis";
import { freePorts } from "#practice/world/free-ports.ts";
import { waitUntil } from "#test/support/wait-until.ts";

/** Debian: redis-server. */
export const hasRedis = await execa("redis-server", ["--version"], { reject: false, timeout: 5_000 }).then(
  (result) => result.exitCode === 0,
);

interface Wanted {
  readonly port?: number;
  readonly password?: string;
  readonly policy?: string;
}

/** A real Redis in a folder of its own. */
export async function startRedis({ password, policy = "noeviction", ...wanted }: Wanted = {}): Promise<
  AsyncDisposable & { readonly url: string }
> {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-redis-"));
  const port = wanted.port ?? (await freePort());
  const guard = password === undefined ? [] : ["--requirepass", password];
  const server = execa(
    "redis-server",
    [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      folder,
      "--save",
      "",
      "--maxmemory-policy",
      policy,
      ...guard,
    ],
    { reject: false, stdout: "ignore", stderr: "ignore" },
  );
  const url = `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`;
  await waitUntil("Redis to answer", async () => {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return (await client.ping()) === "PONG";
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  });
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGKILL");
      await server;
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** A port for a server that goes away and comes back. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
