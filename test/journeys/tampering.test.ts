import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue } from "./support/queue.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { drive } from "#practice/scenarios/director.ts";
import { findButton } from "#practice/scenarios/people.ts";
import { alice, carol, channel, dave, erin } from "#practice/scenarios/stage.ts";
import { inspect } from "#practice/scenarios/world-check.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { Journey, general } from "./support/journey.ts";
import type { Seen } from "./support/journey.ts";
import type { Rows } from "./support/record-rows.ts";
import { forge, whileTampered } from "./support/tamper.ts";
import { runKongUpgrade } from "./support/terminal.ts";

let journey: Journey;
/** A record that is closed, so that nothing grows while it is tampered with. */
let closed: string;
beforeAll(async () => {
  journey = await Journey.open();
  await journey.plan();
  closed = await journey.rows.newestId();
  await journey.ask(alice, "note practice the record that will be tampered with");
  await journey.ask(alice, 'abort practice --reason "wrong week"');
  await journey.thread(/Record of KU-\d{4}-0001 at the end/u);
});
afterAll(() => journey[Symbol.asyncDispose]());

const swap = async (rows: Rows, id: string): Promise<void> => {
  const move = "update kong_upgrade.event set version = $3 where upgrade_id = $1 and version = $2";
  await rows.sql(move, [id, 2, 99]);
  await rows.sql(move, [id, 3, 2]);
  await rows.sql(move, [id, 99, 3]);
};
const tamperings: readonly (readonly [string, (rows: Rows, id: string) => Promise<unknown>, RegExp])[] = [
  [
    "an edited note",
    (rows, id) =>
      rows.sql(
        `update kong_upgrade.event set data = jsonb_set(data, '{text}', '"all was well"') where upgrade_id = $1 and type = 'note_added'`,
        [id],
      ),
    /event 4 was edited/u,
  ],
  [
    "an event in somebody else's name",
    (rows, id) =>
      rows.sql(
        "update kong_upgrade.event set actor = jsonb_set(actor, '{userId}', '\"U0CAROL01\"') where upgrade_id = $1 and version = 1",
        [id],
      ),
    /event 1 was edited/u,
  ],
  [
    "a dropped event",
    (rows, id) => rows.sql("delete from kong_upgrade.event where upgrade_id = $1 and version = 4", [id]),
    /event 4 is missing/u,
  ],
  ["two events in another order", swap, /event 2|place 2/u],
  [
    "a record that was cut off",
    (rows, id) => rows.sql("delete from kong_upgrade.event where upgrade_id = $1 and version = 5", [id]),
    /event 5|5 events/u,
  ],
];

const fileSchema = z.looseObject({ events: z.array(z.looseObject({ version: z.number(), event: z.looseObject({}) })) });
type RecordFile = z.infer<typeof fileSchema>;

const fileTamperings: readonly (readonly [string, (file: RecordFile) => RecordFile, RegExp])[] = [
  [
    "an edited event",
    (file) => ({
      ...file,
      events: file.events.map((event) =>
        event.version === 4 ? { ...event, event: { ...event.event, text: "all was well" } } : event,
      ),
    }),
    /event 4 was edited/u,
  ],
  [
    "a dropped event",
    (file) => ({ ...file, events: file.events.filter(({ version }) => version !== 3) }),
    /event 3 is missing/u,
  ],
  [
    "two events in another order",
    (file) => ({
      ...file,
      events: [1, 3, 2, 4, 5].flatMap((version) => file.events.filter((event) => event.version === version)),
    }),
    /place 2 holds event 3/u,
  ],
  ["a record that was cut off", (file) => ({ ...file, events: file.events.slice(0, 4) }), /event 5|cut|4 events/u],
];

describe("the record", { shuffle: false }, () => {
  describe("the append-only trigger", () => {
    test.each([
      ["an update", "update kong_upgrade.event set data = data"],
      ["a delete", "delete from kong_upgrade.event"],
      ["a truncate", "truncate kong_upgrade.event"],
    ])("T18: refuses %s of events, even by the superuser", async (_, statement) => {
      const events = await journey.rows.count();
      await expect(journey.rows.sql(statement)).rejects.toThrow(/the record is append-only/u);
      expect(await journey.rows.count()).toBe(events);
    });
  });

  describe("with the trigger taken away, verify in Slack finds", { shuffle: false }, () => {
    test.each(tamperings)("%s", async (_, tamper, finding) => {
      await whileTampered(
        journey.rows,
        closed,
        (rows) => tamper(rows, closed),
        async () => {
          const { text } = await journey.ask(alice, `verify ${closed}`);
          expect(text).toContain("🚨");
          expect(text).toMatch(finding);
        },
      );
    });

    test.each(tamperings)("%s, also when the bot was started after it", async (_, tamper, finding) => {
      await whileTampered(
        journey.rows,
        closed,
        (rows) => tamper(rows, closed),
        async () => {
          const { bot, workspace } = journey.stage.world;
          const starts = bot.starts();
          bot.kill();
          await waitUntil("a new bot with its socket", () => bot.starts() > starts && workspace.connections() > 0);
          const { text } = await journey.ask(alice, `verify ${closed}`);
          expect(text).toContain("🚨");
          expect(text).toMatch(finding);
        },
      );
    });

    test("nothing, once everything is as it was", async () => {
      const { text } = await journey.ask(alice, `verify ${closed}`);
      expect(text).toMatch(/^✅ The record of \*KU-\d{4}-0001\* is whole: 5 events/u);
    });
  });

  describe("an exported file", { shuffle: false }, () => {
    let folder: string;
    let exported: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "kong-upgrade-tampering-"));
      await journey.ask(alice, `record ${closed}`);
      const file = await waitUntil("the record as a file", async () =>
        (await journey.stage.thread()).flatMap(({ files }) => files).find(({ name }) => name === `${closed}.json`),
      );
      exported = await journey.stage.people.file(file.id);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test("verifies as it is", async () => {
      const path = join(folder, "whole.json");
      await writeFile(path, exported);
      const { status, stdout } = await runKongUpgrade(["verify", path], {});
      expect({ status, stdout }).toEqual({
        status: 0,
        stdout: expect.stringContaining(`${closed}: verified, 5 events`),
      });
    });

    test.each(fileTamperings)(
      "T18: with %s does not verify, and the first bad event is named",
      async (_, tamper, finding) => {
        const path = join(folder, "tampered.json");
        await writeFile(path, JSON.stringify(tamper(fileSchema.parse(JSON.parse(exported)))));
        const { status, stdout } = await runKongUpgrade(["verify", path], {});
        expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(finding) });
      },
    );
  });

  describe("at the gate of the irreversible step", { shuffle: false }, () => {
    let id: string;
    let gate: Seen;
    beforeAll(async () => {
      const start = await journey.plan();
      id = await journey.rows.newestId();
      await journey.click(alice, start);
      await drive(journey.stage, {
        onApproval: async () => {},
        onLook: async () => (await journey.stage.withButton("Approve")) !== undefined,
      });
      gate = await journey.sees("Approve");
    });

    const isUntouched = async (): Promise<boolean> => (await inspect(journey.stage)).pending.length > 0;
    const finishes = async (): Promise<number> =>
      (await journey.rows.events(id)).filter(
        ({ event }) => event.type === "step_started" && event.stepId === "migrations-finish",
      ).length;

    test("T07: the approval card copied into another channel does nothing there", async () => {
      const copy = await postAsBot(journey, general, gate);
      const ballots = await journey.rows.count("ballot_cast");
      const told = await journey.click(carol, { message: { ...gate.message, ts: copy }, button: gate.button }, general);
      expect(told.text).toContain(`is operated in its own channel`);
      expect(told.text).toContain(`<#${channel}>`);
      expect(await journey.rows.count("ballot_cast")).toBe(ballots);
    });

    test("T20: a forged job in the queue runs nothing and raises one alarm", async () => {
      await using queue = await Queue.open(journey.stage.world.databaseUrl, "kong-upgrade-practice");
      await queue.add({
        upgradeId: id,
        stepId: "migrations-finish",
        attempt: 1,
        argv: ["kong", "migrations", "finish"],
        approved: true,
      });
      await queue.add({ step: "not even an upgrade" });
      await waitUntil("the runner to take both jobs", () => queue.isEmpty());
      await journey.thread(/in the queue of practice is no ring of the bot/u);
      expect(await journey.rows.count("alarm_raised")).toBe(1);
      expect(await finishes()).toBe(0);
      expect(await isUntouched()).toBe(true);
    });

    test("T08: the vote of somebody who was deactivated after the click does not count at the start", async () => {
      const { people } = journey.stage;
      await journey.click(carol, gate);
      await people.faults({ deactivate: { user: carol, deleted: true } });
      await journey.click(erin, gate);
      await journey.thread(/is open again: the vote of carol does not count any more \(deactivated\)/u);
      await people.faults({ deactivate: { user: carol, deleted: false } });
      expect(await journey.rows.count("approval_signed")).toBe(0);
      expect(await finishes()).toBe(0);
    });

    test("T15: an approval written into the table by hand, with a right chain, runs nothing and raises an alarm", async () => {
      const events = await journey.rows.events(id);
      const request = events.flatMap(({ event }) => (event.type === "approval_requested" ? [event] : [])).at(-1);
      if (request === undefined) throw new Error("nothing was asked");
      const { stepId, attempt, digest } = request;
      await forge(journey.rows, id, { type: "approval_granted", stepId, attempt, digest, approvedBy: [dave, erin] });
      const alarm = await journey.thread(/no vote of U0DAVE001/u);
      expect(alarm.text).toMatch(/came through Slack/u);
      expect(await finishes()).toBe(0);
      expect(await isUntouched()).toBe(true);
    });
  });
});

const postedSchema = z.looseObject({ ok: z.literal(true), ts: z.string() });

/** Posts the same blocks elsewhere, as somebody could who has the bot's token. */
async function postAsBot({ stage }: Journey, where: string, { message }: Seen): Promise<string> {
  const response = await fetch(new URL("chat.postMessage", stage.world.workspace.slackApiUrl), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${CREDENTIALS.bot_token}` },
    body: JSON.stringify({ channel: where, text: message.text, blocks: message.blocks }),
    signal: AbortSignal.timeout(10_000),
  });
  const posted = postedSchema.parse(await response.json());
  const copy = await waitUntil("the copy", async () =>
    (await stage.people.messages(carol, where)).find(({ ts }) => ts === posted.ts),
  );
  if (findButton(copy, "Approve") === undefined) throw new Error("the copy has no button");
  return copy.ts;
}
