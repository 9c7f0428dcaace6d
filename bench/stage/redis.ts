import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { startRedis } from "#test/chaos/world/servers.ts";
import type { RedisServer } from "#test/chaos/world/servers.ts";

const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: homedir() };

/** A real Redis; undefined where none is installed. */
export async function openRedis(folder: string, stack: AsyncDisposableStack): Promise<RedisServer | undefined> {
  const asked = await execa("redis-server", ["--version"], { env, extendEnv: false, reject: false, timeout: 5_000 });
  if (asked.exitCode !== 0) return undefined;
  const data = join(folder, "redis");
  await mkdir(data, { recursive: true });
  return stack.use(await startRedis(data, env));
}

export function urlOf({ port }: RedisServer): string {
  return `redis://127.0.0.1:${port}`;
}
