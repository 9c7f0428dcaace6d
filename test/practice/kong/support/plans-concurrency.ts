import { expect } from "vitest";
import { waitUntil } from "#test/support/wait-until.ts";
import type { Ended, KongWorld } from "./kong-world.ts";
import { runRecorded } from "./replay.ts";
import type { ReplayPlan } from "./replay.ts";
import type { RecordedCommand } from "./transcript.ts";
import { expireLock, filledBy28, finishedBy34 } from "./world-states.ts";

/** Results of commands that ran at the same time; the transcript shows them one after the other. */
class Meanwhile {
  readonly #ended = new Map<number, Ended>();

  keep(index: number, ended: Ended): void {
    this.#ended.set(index, ended);
  }

  readonly take = async (_world: KongWorld, command: RecordedCommand): Promise<Ended> => {
    const ended = this.#ended.get(command.index);
    if (ended === undefined) throw new Error(`nobody kept the result of command ${command.index}`);
    return ended;
  };
}

function locks(): ReplayPlan {
  const meanwhile = new Meanwhile();
  return {
    setUp: filledBy28,
    run: {
      0: (world, command) =>
        duringUp(world, [], async () => {
          const second = runRecorded(world, command);
          meanwhile.keep(2, await world.kong("3.4.2", ["kong", "migrations", "finish"]));
          meanwhile.keep(3, await world.kong("3.4.2", ["kong", "migrations", "list"]));
          return async () => meanwhile.keep(1, await second);
        }),
      1: meanwhile.take,
      2: meanwhile.take,
      3: meanwhile.take,
      4: async (world, command) => {
        let refused: Ended | undefined;
        const first = await duringUp(world, [], async () => {
          refused = await runRecorded(world, command);
          return undefined;
        });
        meanwhile.keep(5, first);
        expect(refused).toBeDefined();
        return refused ?? first;
      },
      5: meanwhile.take,
      6: (world, command) => world.whileLocked("upstreams", () => runRecorded(world, command)),
    },
    before: { 4: filledBy28, 6: filledBy28, 7: orphansAreGone },
  };
}

const killed: ReplayPlan = {
  setUp: filledBy28,
  before: {
    // A. SIGKILL to the top process: the inner one goes on and completes the migration.
    0: async (world) => {
      await world.whileLocked("sessions", async () => {
        const up = world.launch("3.4.2", ["kong", "migrations", "up"]);
        await blockedBackend(world);
        process.kill(up.pid, "SIGKILL");
        expect(await up.exited).toEqual({ code: null, signal: "SIGKILL" });
      });
      await waitUntil("the inner process is done", async () => {
        const { rows } = await world.admin.query("select 1 from locks");
        return rows.length === 0;
      });
    },
    // C. SIGKILL to the group, in the last migration.
    1: (world) => killGroupDuringUp(world, "sessions"),
    7: expireLock,
    // D. SIGKILL to the group, in the first migration.
    13: (world) => killGroupDuringUp(world, "upstreams"),
  },
  run: {
    14: async (world, command) => {
      const waiting = runRecorded(world, command);
      await waitUntil("the second one waits", async () => {
        const { rows } = await world.admin.query(
          "select 1 from pg_stat_activity where usename = $1 and query like '%locks%' and state = 'idle'",
          [world.role],
        );
        return rows.length > 0;
      });
      await expireLock(world);
      return waiting;
    },
  },
};

function signals(): ReplayPlan {
  const meanwhile = new Meanwhile();
  return {
    setUp: filledBy28,
    before: { 1: filledBy28, 2: filledBy28, 7: filledBy28 },
    run: {
      // `stdbuf` is a matter of one variable; not every system has the program.
      1: (world, command) => world.kong(command.version, command.words.slice(2), { ...world.env, _STDBUF_O: "L" }),
      7: (world) =>
        duringUp(world, ["--lock-timeout", "3"], async () => {
          await expireLock(world);
          const second = world.kong("3.4.2", ["kong", "migrations", "up"]);
          await waitUntil("both are blocked", async () => (await blockedBackends(world)) === 2);
          return async () => meanwhile.keep(8, await second);
        }),
      8: meanwhile.take,
    },
  };
}

const timeouts: ReplayPlan = {
  setUp: finishedBy34,
  run: { 0: (world, command) => world.whileLocked("clustering_data_planes", () => runRecorded(world, command)) },
  before: { 1: orphansAreGone, 4: finishedBy34 },
};

/** Runs `up` of 3.4.2, does something while it stands still in its first migration, and gives its result. */
async function duringUp(
  world: KongWorld,
  flags: readonly string[],
  work: () => Promise<(() => Promise<void>) | undefined>,
): Promise<Ended> {
  let afterwards: (() => Promise<void>) | undefined;
  const first = await world.whileLocked("upstreams", async () => {
    const started = world.kong("3.4.2", ["kong", "migrations", "up", ...flags]);
    await blockedBackend(world);
    afterwards = await work();
    return { started };
  });
  const ended = await first.started;
  await afterwards?.();
  return ended;
}

async function killGroupDuringUp(world: KongWorld, table: string): Promise<void> {
  await filledBy28(world);
  await world.whileLocked(table, async () => {
    const up = world.launch("3.4.2", ["kong", "migrations", "up", "--lock-timeout", "12"]);
    await blockedBackend(world);
    process.kill(-up.pid, "SIGKILL");
    expect(await up.ended).toEqual({ stdout: "", stderr: "", exitCode: undefined });
    // The recorder's row lived for 12 s; here it lives until the replay lets it run out.
    await world.admin.query("update locks set ttl = current_timestamp + interval '5 minutes'");
    // Left alone, the backend would go on with its statement as soon as it gets the lock.
    await world.admin.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [world.role]);
  });
}

async function blockedBackend(world: KongWorld): Promise<void> {
  await waitUntil("a migration is blocked", async () => (await blockedBackends(world)) === 1);
}

async function blockedBackends(world: KongWorld): Promise<number> {
  const { rows } = await world.admin.query<{ readonly count: string }>(
    "select count(*) from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'",
    [world.role],
  );
  return Number(rows[0]?.count ?? "0");
}

/** A statement given up on is completed by its backend all the same. */
async function orphansAreGone(world: KongWorld): Promise<void> {
  await waitUntil("the orphaned backend has ended", async () => {
    const { rows } = await world.admin.query("select 1 from pg_stat_activity where usename = $1", [world.role]);
    return rows.length === 0;
  });
}

export const concurrencyPlans: Readonly<Record<string, ReplayPlan>> = {
  "05-locks-and-concurrency": locks(),
  "06-killed-midway": killed,
  "11-signals-buffering-run-migrations": signals(),
  "12-db-timeout": timeouts,
};
