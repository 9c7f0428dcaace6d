import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { People } from "#practice/scenarios/people.ts";
import { freePorts } from "#practice/world/free-ports.ts";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { percentiles } from "./figures.ts";
import type { FigureBench } from "./figures.ts";
import { openSite, startBenchRunner, startBot } from "./stage/product.ts";
import type { Site } from "./stage/product.ts";
import { startProgram } from "./stage/program.ts";
import { openSignals } from "./stage/signals.ts";
import type { Signals } from "./stage/signals.ts";
import { clickForm, openSlackRequests } from "./stage/slack-request.ts";
import type { SlackRequests } from "./stage/slack-request.ts";
import { progressOf, seedSteps, shellStep } from "./stage/upgrades.ts";
import type { SeededUpgrade } from "./stage/upgrades.ts";

const upgrades = 10;
/** Gates of one upgrade; real plans have two to four. */
const gates = 6;
const warmUps = 6;
const quietMs = 250;

/** An approver's click until the process runs: everything between against the chain without any check. */
export const clickToProcess: FigureBench = {
  name: "click-to-process",
  title: "From an approver's click to the process that it permits",
  async takeFigures(folder, stack) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    stack.defer(() => postgres.stop());
    const signals = stack.use(await openSignals(folder));
    const site = await openSite({ folder, databaseUrl: postgres.url }, stack);
    // Each gate looks a channel up twice, which Slack allows fifty times a minute: more than people approve, less than this.
    await new People(site.workspace.address).faults({ rate_limits: "off" });
    const floorMs = await clickBare(site, signals);
    const oursMs = await clickOurs(site, signals, stack);
    return {
      figures: percentiles({ what: "click → process", oursMs, floorMs, p50: { ratio: 2 }, p99: { ratio: 2.5 } }),
      remarks: [
        "Floor: Bolt, one row inserted, a job of BullMQ on PostgreSQL, a worker in another process, `/bin/sh`. Ours: the whole bot and a runner; both take signed requests over HTTP, and the process itself says that it was started.",
        "Part of ours: voter looked up in Slack twice, vote sealed, hash chain, standing signed, and everything that a runner verifies before a start.",
      ],
    };
  },
};

async function clickBare({ databaseUrl, folder, workspace }: Site, signals: Signals): Promise<readonly number[]> {
  const [port = 0] = await freePorts(1);
  await using _runner = await startProgram({
    argv: ["programs/bare-runner.ts", databaseUrl],
    logFile: join(folder, "bare-runner.log"),
  });
  await using _bot = await startProgram({
    argv: ["programs/bare-bot.ts", String(port), databaseUrl],
    logFile: join(folder, "bare-bot.log"),
  });
  await using slack = openSlackRequests(port);
  const times: number[] = [];
  for (let click = 0; click < upgrades * gates; click += 1) {
    const form = clickForm("approve", signals.scriptOf(`bare-${click}`), `${workspace.address}/actions/none`);
    times.push(await timeOf(slack, form, signals));
    await delay(quietMs);
  }
  return times.slice(warmUps);
}

async function clickOurs(site: Site, signals: Signals, stack: AsyncDisposableStack): Promise<readonly number[]> {
  const bot = stack.use(await startBot(site, "bot"));
  stack.use(await startBenchRunner(site, "runner"));
  const slack = stack.use(openSlackRequests(bot.port));
  const times: number[] = [];
  for (let upgrade = 1; upgrade <= upgrades; upgrade += 1) {
    const steps = Array.from({ length: gates }, (_, index) => {
      const id = `step-${index + 1}`;
      return shellStep(id, signals.scriptOf(`${upgrade}-${id}`), { class: "irreversible" });
    });
    const seeded = await seedSteps(site.databaseUrl, site.environment, steps);
    for (const { id } of steps) times.push(await clickWhenQuiet(site, seeded, id, { slack, signals }));
    await waitUntil("the upgrade's end", async () => (await site.record.find(seeded.id))?.status === "closed");
  }
  return times.slice(warmUps);
}

/** As people do: when the card shows the button, and the bot has nothing else to post. */
async function clickWhenQuiet(
  { record, workspace }: Site,
  { id, plan }: SeededUpgrade,
  stepId: string,
  { slack, signals }: { readonly slack: SlackRequests; readonly signals: Signals },
): Promise<number> {
  const ready = await waitUntil(`the gate of ${stepId}`, async () => {
    const progress = await progressOf(record, id, stepId);
    return progress?.kind === "ready" && progress.approval !== undefined && progress.approval.digest;
  });
  for (let before = -1; before !== workspace.changes(); await delay(quietMs)) before = workspace.changes();
  const step = { id: stepId, attempt: 1, digest: digestPrefix(ready) };
  const value = encodeValue({ upgradeId: id, plan: digestPrefix(plan.digest), step });
  return timeOf(slack, clickForm(actionIds.approve, value, `${workspace.address}/actions/none`), signals);
}

async function timeOf(slack: SlackRequests, form: Readonly<Record<string, string>>, signals: Signals): Promise<number> {
  const clickedAt = performance.now();
  const acknowledged = slack.send(form);
  const { atMs } = await signals.next();
  await acknowledged;
  return atMs - clickedAt;
}
