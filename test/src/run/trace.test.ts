import { chmod, readFile, writeFile } from "node:fs/promises";
import { Client } from "pg";
import { expect, test } from "vitest";
import { z } from "zod";
import { openLog } from "#src/log.ts";
import type { Logger } from "#src/log.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { createClients } from "#src/slack/clients.ts";
import { handle } from "#src/slack/listeners/handle.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";

const by = inSlack(alice);

test("one id goes from the click through rows and lines of log to the processes, here and elsewhere, and to the steps that follow", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      id: "here",
      action: { kind: "commands", commands: [shell(`echo "$UPGRADE_TRACE" > ${folder}/here`)] },
      proof: [present(`${folder}/here`)],
    }),
    createStep({
      id: "there",
      action: { kind: "commands", commands: [inContainer(folder, `echo "$UPGRADE_TRACE" > ${folder}/there`)] },
      proof: [present(`${folder}/there`)],
    }),
  ]);
  await writeContainer(stage.folder);
  const bot = keepLines("bot");
  await click(stage, bot.log, { intent: "pause", reason: "lunch", by });
  await click(stage, bot.log, { intent: "resume", by });
  // Somebody else says something meanwhile: that is not what lets the upgrade go on.
  await click(stage, bot.log, { intent: "add_note", text: "good luck", by });
  const [paused, resumed, noted] = bot.lines.map(({ trace }) => trace);
  expect(new Set([paused, resumed, noted]).size).toBe(3);
  expect(resumed).toMatch(/^[0-9a-f]{32}$/u);

  const runner = keepLines("runner");
  await stage.start({ log: runner.log });
  await waitUntil("the end of the upgrade", async () => (await stage.record.find(stage.id))?.status === "closed");

  expect(await readFile(`${stage.folder}/here`, "utf8")).toBe(`${resumed}\n`);
  expect(await readFile(`${stage.folder}/there`, "utf8")).toBe(`${resumed}\n`);
  // The last line is written after what it tells is in the record.
  const ofSteps = await waitUntil("the runner's last line", () => {
    const lines = runner.lines.filter(({ stepId }) => stepId !== undefined);
    return lines.length >= 4 && lines;
  });
  expect(ofSteps.map(({ msg, stepId, trace }) => `${msg} ${stepId} ${trace}`)).toStrictEqual([
    `step started here ${resumed}`,
    `step result recorded here ${resumed}`,
    `step started there ${resumed}`,
    `step result recorded there ${resumed}`,
  ]);
  expect(runner.lines.filter(({ msg }) => msg === "runner started").map(({ trace }) => trace)).toStrictEqual([
    undefined,
  ]);
  const traces = await rowsOf(stage);
  const events = await stage.record.events(stage.id, 0);
  expect(
    events.flatMap(({ version, event }) => (traces.has(version) ? [`${event.type} ${traces.get(version)}`] : [])),
  ).toStrictEqual([
    `upgrade_paused ${paused}`,
    `upgrade_resumed ${resumed}`,
    `note_added ${noted}`,
    `step_started ${resumed}`,
    `step_finished ${resumed}`,
    `step_started ${resumed}`,
    `step_finished ${resumed}`,
    `upgrade_completed ${resumed}`,
  ]);
  await expect(ask(stage, "update kong_upgrade.event_trace set trace = trace")).rejects.toThrow(/append-only/u);
});

test("the reference that somebody is told when a request failed is the beginning of its trace", async () => {
  await using stage = await setStage(() => [createStep()]);
  const bot = keepLines("bot");
  await click(stage, bot.log, { intent: "resume", by });
  const failed = bot.lines.find(({ msg }) => msg === "a person's request failed");
  expect(failed?.reference).toBe(failed?.trace?.slice(0, 8));
  expect(failed?.reference).toMatch(/^[0-9a-f]{8}$/u);
});

const text = z.string().optional();
const lineSchema = z.object({ msg: z.string(), trace: text, stepId: text, reference: text });

/** A process's log, and the lines that it wrote. */
function keepLines(part: string): { readonly log: Logger; readonly lines: z.infer<typeof lineSchema>[] } {
  const lines: z.infer<typeof lineSchema>[] = [];
  const log = openLog("info", part, { write: (line) => void lines.push(lineSchema.parse(JSON.parse(line))) });
  return { log, lines };
}

/** What a click does, by the door through which every click comes. */
function click({ record, id }: Stage, log: Logger, intent: IntentOf<"pause" | "resume" | "add_note">): Promise<void> {
  const appId = "A0KONGUP1";
  const teamId = "T0ACME001";
  const identity = { appId, teamId, team: "Acme", botUserId: "U0BOT0001", botId: "B0BOT0001", name: "bot" };
  const apiUrl = "http://127.0.0.1:1/api/";
  const clients = createClients("xoxb-practice-x", apiUrl, log);
  const ports = { log, now: Date.now, identity, clients, apiUrl, isFirstDelivery: async () => true };
  const incoming = { what: `action ${intent.intent}`, appId, teamId, dedupKey: intent.intent, person: alice };
  return handle(ports, incoming, {
    acknowledge: async () => undefined,
    work: async () => {
      const answer = await record.submit(id, intent, {
        kind: "person",
        userId: alice.userId,
        teamId,
        name: alice.name,
      });
      if (!answer.ok) throw new Error(answer.problem.sentence);
    },
  });
}

const traceRow = z.object({ version: z.number(), trace: z.string() });

async function rowsOf(stage: Stage): Promise<ReadonlyMap<number, string>> {
  const rows = await ask(stage, "select version, trace from kong_upgrade.event_trace");
  return new Map(rows.map((row) => traceRow.parse(row)).map(({ version, trace }) => [version, trace]));
}

async function ask({ databaseUrl }: Stage, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A program in the place of docker, whose container has none of this machine's variables. */
async function writeContainer(folder: string): Promise<void> {
  await writeFile(`${folder}/docker`, "#!/bin/sh\nexec env -i PATH=/usr/bin:/bin /bin/sh\n");
  await chmod(`${folder}/docker`, 0o755);
}

function inContainer(folder: string, script: string): ReturnType<typeof shell> {
  return shell(script, {
    via: { kind: "docker", docker: `${folder}/docker`, container: "kong", stateDir: `${folder}/state` },
  });
}
