import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drive } from "#practice/scenarios/director.ts";
import { alice, channel } from "#practice/scenarios/stage.ts";
import { demandOld, inspect } from "#practice/scenarios/world-check.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { Journey, bob } from "./support/journey.ts";
import { runKongUpgrade } from "./support/terminal.ts";
import type { Ended } from "./support/terminal.ts";

let journey: Journey;
beforeAll(async () => {
  journey = await Journey.open();
});
afterAll(() => journey[Symbol.asyncDispose]());

/** What somebody types on the machine of the bot; no Slack credential is in its surroundings. */
function atTerminal(...words: readonly string[]): Promise<Ended> {
  const { databaseUrl, configFile, dataDir } = journey.stage.world;
  return runKongUpgrade(words, {
    DATABASE_URL: databaseUrl,
    KONG_UPGRADE_CONFIG: configFile,
    KONG_UPGRADE_DATA: join(dataDir, "bot"),
  });
}

async function stepsOf(type: "step_started" | "step_finished"): Promise<readonly string[]> {
  const events = await journey.rows.events(await journey.rows.newestId());
  return events.flatMap(({ event }) => (event.type === type ? [event.stepId] : []));
}

describe("an upgrade that changes hands", { shuffle: false }, () => {
  test("bob pauses what alice started; nothing goes on until somebody resumes", async () => {
    await journey.click(alice, await journey.plan());
    const prompt = await journey.manualPrompt();
    expect((await journey.ask(bob, 'pause practice --reason "traffic peak"')).text).toContain(
      "is paused before its next step",
    );
    await journey.thread(/⏸️ Paused by bob: traffic peak/u);
    expect((await journey.ask(alice, "status")).text).toContain("Paused by bob: traffic peak");
    expect((await journey.click(alice, prompt)).text).toMatch(/paused/iu);
    expect(await journey.rows.count("manual_step_confirmed")).toBe(0);
    expect((await journey.ask(alice, "pause")).text).toContain("is already paused");
    await journey.ask(alice, "resume");
    await journey.thread(/▶️ Resumed by alice/u);
  });

  test("a note goes into the thread and the record, with the name of who wrote it", async () => {
    await journey.ask(bob, "note practice the database team is watching");
    await journey.thread(/📝 bob: the database team is watching/u);
    const events = await journey.rows.events(await journey.rows.newestId());
    expect(events.at(-1)).toMatchObject({
      actor: { kind: "person", userId: bob, name: "bob" },
      event: { type: "note_added" },
    });
  });

  test("while the bot is dead a terminal shows, notes and pauses, and neither approves nor goes on", async () => {
    const { bot, workspace } = journey.stage.world;
    bot.hold(true);
    bot.kill();
    await waitUntil("the bot to be gone", () => bot.pid() === undefined && workspace.connections() === 0);
    const id = await journey.rows.newestId();
    try {
      expect(await atTerminal("status", "practice")).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(`${id} · practice: 2.8.5 → 3.4.2`),
      });
      expect(await atTerminal("note", "practice", "Slack is down, we look here")).toMatchObject({ status: 0 });
      expect(await atTerminal("pause", "practice", "--reason", "Slack is down")).toMatchObject({ status: 0 });
      expect((await atTerminal("status", "practice")).stdout).toMatch(/Paused by .*: Slack is down/u);
      const before = await journey.rows.count();
      for (const word of ["resume", "retry", "rollback", "start"]) {
        const { status, stderr } = await atTerminal(word, "practice");
        expect({ word, status }).not.toEqual({ word, status: 0 });
        expect(stderr).toMatch(/Slack/u);
      }
      for (const words of [
        ["plan", "practice", "--to", "3.4.2"],
        ["approve", "practice"],
        ["confirm", "practice"],
      ]) {
        expect((await atTerminal(...words)).status).not.toBe(0);
      }
      expect(await journey.rows.count()).toBe(before);
      expect(await atTerminal("verify", id)).toMatchObject({ status: 0, stdout: expect.stringContaining("is whole") });
    } finally {
      bot.hold(false);
    }
    await waitUntil("the bot to be back", () => workspace.connections() > 0);
    await journey.thread(/⏸️ Paused by .*Slack is down/u);
    await journey.thread(/📝 .*Slack is down, we look here/u);
    const lines = (await journey.stage.thread()).filter(({ text }) => text.includes("Slack is down, we look here"));
    expect(lines).toHaveLength(1);
  });

  test("bob, who did not start it, resumes, confirms, and holds at a failure until somebody chooses", async () => {
    const { packageManager } = journey.stage.world.fleet;
    await rename(packageManager, `${packageManager}.away`);
    try {
      await journey.ask(bob, "resume");
      await drive(journey.stage, {
        onTrouble: async () => {},
        onLook: async () => (await journey.stage.withButton("Hold")) !== undefined,
      });
      expect(await stepsOf("step_finished")).toContain("stop-kong-2");
      await journey.click(bob, await journey.sees("Hold"));
      await journey.thread(/✋ Put on hold by bob/u);
      expect((await journey.ask(alice, "status")).text).toContain("Put on hold by bob");
      await journey.ask(alice, "resume");
      await journey.thread(/▶️ Resumed by alice/u);
      await journey.sees("Retry");
    } finally {
      await rename(`${packageManager}.away`, packageManager);
    }
  });

  test(
    "going back before migrations up restores nothing and ends with both nodes on 2.8.5",
    { timeout: 600_000 },
    async () => {
      const { versions } = await inspect(journey.stage);
      expect(versions).toEqual({ "kong-1": undefined, "kong-2": undefined });
      expect((await journey.ask(bob, 'rollback practice --reason "the package is broken"')).text).toContain(
        "is on its way back",
      );
      expect((await journey.ask(alice, "rollback practice")).text).toContain("is already on its way back");
      // The prompt of the failure may still be there at the first look; a failure on the way back ends in the deadline.
      expect(await drive(journey.stage, { onTrouble: async () => {} })).toBe("rolled back");
      await demandOld(journey.stage);
      const started = await stepsOf("step_started");
      expect(started.filter((step) => /restore-database|create-database|set-aside|migrations-up/u.test(step))).toEqual(
        [],
      );
      expect(await journey.rows.count("approval_requested")).toBe(0);
      expect((await inspect(journey.stage)).databases).toEqual(["kong", "kong_old", "kong_upgrade"]);
      await journey.thread(/📝 bob: Rollback: the package is broken/u);
    },
  );

  test("an upgrade that is aborted as it is leaves the environment free for the next plan", async () => {
    await journey.click(alice, await journey.plan());
    await journey.manualPrompt();
    expect((await journey.ask(alice, "abort")).text).toMatch(/1 steps of KU-\d{4}-\d{4} have run.*--leave-as-is/su);
    await journey.ask(alice, 'abort --leave-as-is --reason "half the team is ill"');
    const card = await journey.card(/⏹️ Aborted by alice: half the team is ill/u);
    expect(card.blocks.some(({ type }) => type === "actions")).toBe(false);
    const seen = await inspect(journey.stage);
    expect(Object.values(seen.versions)).toEqual(["2.8.5", "2.8.5"]);
    await journey.plan(bob);
    const messages = await journey.stage.people.messages(alice, channel);
    expect(messages.filter(({ text, is_ephemeral }) => is_ephemeral !== true && text.startsWith("KU-"))).toHaveLength(
      3,
    );
  });
});
