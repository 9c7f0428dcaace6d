import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { waitUntil } from "#test/support/wait-until.ts";
import type { Ended, KongWorld } from "./kong-world.ts";
import { runRecorded } from "./replay.ts";
import type { ReplayPlan } from "./replay.ts";
import type { RecordedCommand } from "./transcript.ts";
import { bootstrapped, envWithout, filledBy28, finishedBy34, prepare, serveFile, setLogin } from "./world-states.ts";

const gateway = "an HTTP request: the gateway's, not the command line's";
const zombie = "the recorder's killed master stayed a zombie, which the pid check takes for a running one";
const race = "counts how long the pid file outlives `stop`: a race, recorded as 0 or 1";
const redisWarnings = "3.9 warns of deprecated redis settings in the file; plugin schemas are not simulated";

export const lifecyclePlans: Readonly<Record<string, ReplayPlan>> = {
  "03-lifecycle-2.8.5": {
    setUp: async (world) => {
      await filledBy28(world);
      await prepare(world, "2.8.5", "prepare");
      await serveFile(world, "good.conf", "log_level = info\n");
      await serveFile(world, "bad.conf", "database = mysql\n");
    },
    leftOut: { 10: gateway, 11: gateway },
  },
  "08-operations": {
    setUp: async (world) => {
      await finishedBy34(world);
      const settings = Object.entries(world.env).map(([name, value]) => `${name.slice(5).toLowerCase()} = ${value}`);
      await serveFile(world, "k.conf", `${settings.join("\n")}\n`);
    },
    run: { 0: withoutVariables, 1: withoutVariables },
    before: {
      3: (world) => bootstrapped(world, "2.8.5"),
      8: (world) => setLogin(world, "nologin"),
      13: async (world) => {
        await setLogin(world, "login");
        await finishedBy34(world);
      },
      15: (world) => setLogin(world, "nologin"),
    },
    leftOut: { 7: gateway, 14: gateway },
  },
  "15-more-lifecycle": {
    setUp: async (world) => {
      await filledBy28(world);
      await serveFile(world, "badcfg.yml", '_format_version: "3.0"\nservices:\n- nome: x\n');
    },
    run: { 0: withPortTaken, 18: withPortTaken, 36: withPortTaken },
    before: {
      11: (world) => prepare(world, "2.8.5", "stop"),
      18: finishedBy34,
      26: killMaster,
      36: finishedBy39,
      45: killMaster,
    },
    leftOut: {
      7: zombie,
      8: zombie,
      9: zombie,
      10: zombie,
      25: zombie,
      43: zombie,
      44: zombie,
      50: redisWarnings,
      51: redisWarnings,
    },
  },
  "18-stop-then-start-at-once": {
    setUp: (world) => filledBy28(world),
    before: {
      3: async (world) => {
        await prepare(world, "2.8.5", "stop");
        await finishedBy34(world);
      },
      6: async (world) => {
        await prepare(world, "3.4.2", "stop");
        await finishedBy39(world);
      },
    },
    leftOut: { 2: race, 5: race, 8: race },
  },
  "20-cassandra-and-node-id": {
    setUp: (world) => filledBy28(world),
    before: {
      9: finishedBy34,
      16: finishedBy39,
    },
    leftOut: { 0: "a Cassandra driver is not simulated" },
  },
};

async function finishedBy39(world: KongWorld): Promise<void> {
  await prepare(world, "3.9.3", "migrations", "up");
  await prepare(world, "3.9.3", "migrations", "finish");
}

function withoutVariables(world: KongWorld, command: RecordedCommand): Promise<Ended> {
  return world.kong(
    command.version,
    command.words.map(world.local),
    envWithout(world, (name) => name !== "KONG_PREFIX"),
  );
}

async function withPortTaken(world: KongWorld, command: RecordedCommand): Promise<Ended> {
  const blocker = createServer();
  await new Promise<void>((resolve) => {
    blocker.listen(world.ports.proxy, "127.0.0.1", resolve);
  });
  try {
    return await runRecorded(world, command);
  } finally {
    blocker.close();
  }
}

async function killMaster(world: KongWorld): Promise<void> {
  const pid = Number(await readFile(join(world.prefix, "pids", "nginx.pid"), "utf8"));
  process.kill(pid, "SIGKILL");
  await waitUntil("the master is gone", () => !isAlive(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
