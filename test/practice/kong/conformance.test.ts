import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { openKongWorld } from "./support/kong-world.ts";
import { plans } from "./support/plans.ts";
import { replay } from "./support/replay.ts";
import type { ReplayCount } from "./support/replay.ts";
import { readTranscript } from "./support/transcript.ts";

/** Recorded commands per transcript and how many of them are compared; the README of practice/kong repeats the sum. */
const counts = new Map<string, ReplayCount>();

afterAll(() => {
  const total = { compared: 0, recorded: 0 };
  for (const { compared, recorded } of counts.values()) {
    total.compared += compared;
    total.recorded += recorded;
  }
  process.stdout.write(`conformance: ${total.compared} of ${total.recorded} recorded commands compared\n`);
});

for (const [name, plan] of Object.entries(plans)) {
  test.concurrent(`the simulated command line does what transcript ${name} recorded`, async ({ expect }) => {
    await using world = await openKongWorld();
    const count = await replay(name, plan, world);
    counts.set(name, count);
    expect(count.compared + Object.keys(plan.leftOut ?? {}).length).toBe(count.recorded);
  });
}

test("the README says how many recorded commands are compared", ({ expect }) => {
  let recorded = 0;
  let leftOut = 0;
  for (const [name, plan] of Object.entries(plans)) {
    recorded += readTranscript(name).filter(({ kind }) => kind === "command").length;
    leftOut += Object.keys(plan.leftOut ?? {}).length;
  }
  const readme = readFileSync(join(import.meta.dirname, "../../../practice/kong/README.md"), "utf8");
  expect(readme).toContain(`**${recorded - leftOut} of ${recorded} recorded commands compared**`);
});
