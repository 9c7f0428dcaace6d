import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { calm } from "#practice/scenarios/calm.ts";
import { Stage, alice } from "#practice/scenarios/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { Journey } from "./support/journey.ts";

let journey: Journey;
beforeAll(async () => {
  journey = await Journey.open();
});
afterAll(() => journey[Symbol.asyncDispose]());

/** The stage of this file for a scenario that closes its stage in the end. */
function lend(): Promise<Stage> {
  const { world } = journey.stage;
  const world_ = { ...world, stop: () => Promise.resolve() };
  return Promise.resolve(new Stage({ world: world_, print: () => {}, cleanUp: () => Promise.resolve() }));
}

describe("the main job", { shuffle: false }, () => {
  test(
    "people take two nodes from 2.8.5 to 3.4.2 and hold a record that verifies off-line",
    { timeout: 600_000 },
    async () => {
      const tally = await calm.run(lend);
      expect(tally.approvals).toBe(2);
      expect(tally.stepsDone).toBeGreaterThan(20);
      expect(tally.events).toBe(await journey.rows.count());
      expect(await journey.rows.count("alarm_raised")).toBe(0);
    },
  );

  test("each irreversible step was started once and consumed one approval of its own digest", async () => {
    const events = (await journey.rows.events(await journey.rows.newestId())).map(({ event }) => event);
    const granted = events.flatMap((event) => (event.type === "approval_granted" ? [event] : []));
    expect(granted.map(({ stepId }) => stepId)).toEqual(["migrations-finish", "decommission"]);
    for (const { stepId, digest } of granted) {
      const starts = events.filter(
        (event) => (event.type === "step_started" || event.type === "manual_step_confirmed") && event.stepId === stepId,
      );
      expect(starts).toHaveLength(1);
      const ballots = events.flatMap((event) =>
        event.type === "ballot_cast" && event.stepId === stepId ? [event.ballot] : [],
      );
      expect(ballots.map((ballot) => ballot.digest)).toEqual([digest, digest]);
      expect(new Set(ballots.map(({ voter }) => voter.userId)).size).toBe(2);
    }
  });

  test("the whole record in Slack agrees with the stored one", async () => {
    const { text } = await journey.ask(alice, "verify practice");
    expect(text).toMatch(/^✅ The record of \*KU-\d{4}-0001\* is whole: \d+ events/u);
    expect(text).toMatch(/agrees with all \d+ heads in the thread/u);
  });

  test("the next upgrade is judged from the new version: a jump over lines is planned as its first hop, with all of them", async () => {
    await journey.plan(alice, "plan practice --to 3.9.3");
    await journey.card(/3\.4\.2 → 3\.5\.0/u);
    const told = /takes 5 upgrades \(3\.5\.0 → 3\.6\.1 → 3\.7\.1 → 3\.8\.1 → 3\.9\.3\)/u;
    const thread = await waitUntil("the whole way in the thread", async () => {
      const text = JSON.stringify(await journey.stage.thread());
      return told.test(text) && text;
    });
    expect(thread).toContain("each with a plan of its own");
  });

  test("the next minor is planned from 3.4.2, without the findings of the way that lies behind", async () => {
    await journey.plan(alice, "plan practice --to 3.5.0");
    const card = await journey.card(/3\.4\.2 → 3\.5\.0/u);
    expect(card.text).toContain("Point of no return: ahead");
    const events = await journey.rows.events(await journey.rows.newestId());
    const plan = events.flatMap(({ event }) => (event.type === "plan_made" ? [event.plan] : [])).at(-1);
    expect(plan?.from).toBe("3.4.2");
    expect(plan?.findings.map(({ title }) => title).join("\n")).not.toMatch(/~/u);
  });
});
