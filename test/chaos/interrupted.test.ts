import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { waitUntil } from "#test/support/wait-until.ts";
import { endLeftovers, findLeftovers, worldVariable } from "./world/leftovers.ts";
import { startRedis } from "./world/servers.ts";
import { hasRedis } from "#test/src/run/redis-server.ts";

/** Its program is large, and the machine busy with other tests. */
const patienceMs = 150_000;

test.runIf(process.platform === "linux")("a run that is ended by SIGTERM leaves no process and no file", async () => {
  const program = join(import.meta.dirname, "main.ts");
  const words = ["--disable-warning=ExperimentalWarning", program, "--minutes", "1", "--seed", "ended"];
  const run = execa(process.execPath, words, { reject: false, timeout: patienceMs, forceKillAfterDelay: 20_000 });
  let said = "";
  run.stdout.on("data", (bytes) => (said += String(bytes)));
  const dataDir = await waitUntil(
    "the folder to be named",
    () => /everything lies in (\S+)\n/u.exec(said)?.[1],
    patienceMs,
  );
  // PostgreSQL with its own processes, long before anything else is there.
  await waitUntil("the world to be made", () => findLeftovers(dataDir).length > 4, patienceMs);
  run.kill("SIGTERM");
  const { exitCode, stderr } = await run;
  expect(exitCode).toBe(143);
  expect(stderr).toContain("the same again: npm run chaos -- --minutes 1 --seed ended");
  expect(findLeftovers(dataDir)).toEqual([]);
  expect(existsSync(dataDir)).toBe(false);
});

test.runIf(process.platform === "linux" && hasRedis)(
  "a Redis, which writes over its own environment, is found as what was left",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-chaos-"));
    try {
      const env = { PATH: process.env["PATH"] ?? "", [worldVariable]: folder };
      await using redis = await startRedis(folder, env);
      const title = `redis-server 127.0.0.1:${redis.port}`;
      const renamed = await waitUntil("it to have its title", async () => {
        const { stdout } = await execa("pgrep", ["--full", `^${title}`], { reject: false });
        return stdout !== "" && Number(stdout);
      });
      expect(findLeftovers(folder)).toEqual([renamed]);
    } finally {
      endLeftovers(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
  },
);
