import { writeFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { waitUntil } from "#test/support/wait-until.ts";
import { openKongWorld } from "./support/kong-world.ts";
import type { Ended, KongWorld } from "./support/kong-world.ts";
import { bootstrapped } from "./support/world-states.ts";

let world: KongWorld;
let faultFile: string;

beforeAll(async () => {
  world = await openKongWorld();
  faultFile = join(world.folder, "faults.json");
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => bootstrapped(world, "2.8.5"));

function kong(...words: readonly string[]): Promise<Ended> {
  return world.kong("3.4.2", ["kong", ...words], { ...world.env, KONG_PRACTICE_FAULTS: faultFile });
}

async function setFaults(faults: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<void> {
  // Renamed into place, because a running command may read it at this very moment.
  await writeFile(`${faultFile}.new`, JSON.stringify(faults));
  await rename(`${faultFile}.new`, faultFile);
}

test("a migration that is told to fail does so in the database, and those before it stay recorded", async () => {
  await setFaults({ "migrations up": { raise_in: "018_310_to_320" } });
  const ended = await kong("migrations", "up");
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).toContain(
    "failed to run migration '018_310_to_320' up: ERROR: simulated fault in migration 018_310_to_320\nstack traceback:",
  );
  const { rows } = await world.admin.query("select last_executed, pending from schema_meta where subsystem = 'core'");
  expect(rows).toEqual([{ last_executed: "017_300_to_310", pending: ["016_280_to_300"] }]);
  expect((await world.admin.query("select 1 from locks")).rows).toEqual([]);

  await setFaults({});
  expect((await kong("migrations", "list")).exitCode).toBe(4);
  expect((await kong("migrations", "up")).stderr).toContain("Database has pending migrations");
  expect((await kong("migrations", "finish")).exitCode).toBe(0);
  expect((await kong("migrations", "up")).exitCode).toBe(0);
});

test("a lock in somebody else's name makes up and finish give up", async () => {
  await setFaults({
    "migrations up": { hold_lock_as: "other-node" },
    "migrations finish": { hold_lock_as: "other-node" },
  });
  const finish = await kong("migrations", "finish");
  expect(finish).toMatchObject({ exitCode: 0, stdout: "aborted: another node is performing database changes\n" });
  const up = await kong("migrations", "up", "--lock-timeout", "1");
  expect(up).toMatchObject({ exitCode: 1, stdout: "" });
  expect(up.stderr).toMatch(/^Error: \[PostgreSQL error\] timeout\n/);
});

test("a delay is spread over the migrations and can be taken back while the command runs", async () => {
  await setFaults({ "migrations up": { delay_ms: 30_000 } });
  const running = world.launch("3.4.2", ["kong", "migrations", "up"], {
    ...world.env,
    KONG_PRACTICE_FAULTS: faultFile,
  });
  await waitUntil("the first migration is recorded", async () => {
    const { rows } = await world.admin.query("select 1 from schema_meta where '016_280_to_300' = any (pending)");
    return rows.length === 1;
  });
  await setFaults({});
  expect((await running.ended).exitCode).toBe(0);
});

test("a start that is told to fail says so and leaves the node stopped", async () => {
  await setFaults({ start: { fail_with: "simulated: no space left on device" } });
  const start = await kong("start");
  expect(start.exitCode).toBe(1);
  expect(start.stderr).toMatch(/^Error: simulated: no space left on device\n/);
  expect((await kong("health")).exitCode).toBe(1);
});

test("a fault file that is not as documented ends the command with an error", async () => {
  await setFaults({ "migrations up": { dely_ms: 1 } });
  const ended = await kong("migrations", "up");
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).toContain("dely_ms");
});

test("without the variable nothing is read", async () => {
  await setFaults({ "migrations up": { raise_in: "016_280_to_300" } });
  expect((await world.kong("3.4.2", ["kong", "migrations", "up"])).exitCode).toBe(0);
});
