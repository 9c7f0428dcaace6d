import { test } from "vitest";
import { waitUntil } from "#test/support/wait-until.ts";
import { openKongWorld } from "./support/kong-world.ts";
import type { KongWorld, Launched } from "./support/kong-world.ts";
import { bootstrapped } from "./support/world-states.ts";

/** Starts a command that comes to a halt in the migration of `sessions`, and acts on it while it stands there. */
async function whileBlocked(
  world: KongWorld,
  command: {
    readonly version: string;
    readonly words: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  },
  act: (running: Launched) => Promise<void>,
): Promise<Launched> {
  return world.whileLocked("sessions", async () => {
    const running = world.launch(command.version, ["kong", "migrations", ...command.words], {
      ...world.env,
      ...command.env,
    });
    await waitUntil("the migration is blocked", async () => {
      const { rows } = await world.admin.query(
        "select 1 from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'",
        [world.role],
      );
      return rows.length === 1;
    });
    await act(running);
    return running;
  });
}

async function lockRows(world: KongWorld): Promise<number> {
  return (await world.admin.query("select 1 from locks")).rows.length;
}

const force = { version: "2.8.5", words: ["up", "--force"] } as const;
const up = { version: "3.4.2", words: ["up"] } as const;

test.concurrent("2.8.5 ends with 130 on SIGINT, loses its output and leaves the lock row", async ({ expect }) => {
  await using world = await openKongWorld();
  await bootstrapped(world, "2.8.5");
  const running = await whileBlocked(world, force, async ({ pid, exited }) => {
    process.kill(pid, "SIGINT");
    expect(await exited).toEqual({ code: 130, signal: null });
  });
  expect(await running.ended).toMatchObject({ stdout: "", stderr: "" });
  expect(await lockRows(world)).toBe(1);
});

test.concurrent.for(["SIGTERM", "SIGHUP"] as const)(
  "2.8.5 carries on to the end after %s",
  async (signal, { expect }) => {
    await using world = await openKongWorld();
    await bootstrapped(world, "2.8.5");
    const running = await whileBlocked(world, force, async ({ pid }) => {
      process.kill(pid, signal);
    });
    const ended = await running.ended;
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toMatch(/43 executed\n$/);
    expect(await lockRows(world)).toBe(0);
  },
);

test.concurrent("3.4.2 shows 130 after SIGINT although its inner process completes the migration", async ({
  expect,
}) => {
  await using world = await openKongWorld();
  await bootstrapped(world, "2.8.5");
  const running = await whileBlocked(world, up, async ({ pid, exited, arrived }) => {
    process.kill(pid, "SIGINT");
    expect(await exited).toEqual({ code: 130, signal: null });
    expect(arrived()).toBe(0);
  });
  expect((await running.ended).stdout).toMatch(/4 pending\n\nDatabase has pending migrations/);
  expect(await lockRows(world)).toBe(0);
});

test.concurrent.for(["SIGTERM", "SIGHUP"] as const)(
  "3.4.2 takes no notice of %s and ends with 0",
  async (signal, { expect }) => {
    await using world = await openKongWorld();
    await bootstrapped(world, "2.8.5");
    const running = await whileBlocked(world, up, async ({ pid }) => {
      process.kill(pid, signal);
    });
    const ended = await running.ended;
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toMatch(/4 pending\n/);
  },
);

test.concurrent("nothing arrives on a pipe before the end, lines arrive at once under stdbuf", async ({ expect }) => {
  await using world = await openKongWorld();
  await bootstrapped(world, "2.8.5");
  const buffered = await whileBlocked(world, up, async ({ arrived }) => {
    expect(arrived()).toBe(0);
  });
  const whole = (await buffered.ended).stdout;
  await bootstrapped(world, "2.8.5");
  const lines = await whileBlocked(world, { ...up, env: { _STDBUF_O: "L" } }, async ({ arrived }) => {
    await waitUntil("lines have arrived", () => arrived() > 1000);
  });
  expect((await lines.ended).stdout).toBe(whole);
});
