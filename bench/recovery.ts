import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { actionIds } from "#src/slack/actions.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import type { StepProgress } from "#src/upgrade/state.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { percentiles } from "./figures.ts";
import type { FigureBench } from "./figures.ts";
import { openSite, startBenchRunner, startBot } from "./stage/product.ts";
import type { Site } from "./stage/product.ts";
import type { Program } from "./stage/program.ts";
import { openSignals } from "./stage/signals.ts";
import type { Signals } from "./stage/signals.ts";
import { untilShown } from "./stage/thread.ts";
import { progressOf, seedSteps, shellStep } from "./stage/upgrades.ts";

const runnerRounds = 12;
const botRounds = 8;
const backlogMs = 240_000;
const quietMs = 3_000;
const actor: Actor = { kind: "terminal", account: "bench", host: "bench" };
const by = inSlack(alice);
const stepId = "work";

/** How long people know nothing after a process was killed. */
export const recovery: FigureBench = {
  name: "recovery",
  title: "After a SIGKILL of runner and bot",
  async takeFigures(folder, stack) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    stack.defer(() => postgres.stop());
    const signals = stack.use(await openSignals(folder));
    const site = await openSite({ folder, databaseUrl: postgres.url }, stack);
    const bots = [await startBot(site, "bot-0"), await startBot(site, "bot-1")];
    stack.defer(async () => void (await Promise.all(bots.map((bot) => bot.kill()))));
    const { unknownMs, toldMs, askedMs } = await killRunners(site, signals);
    const goneOnMs = await killBots(site, bots);
    return {
      figures: [
        ...percentiles({ what: "runner killed → unknown in the record", oursMs: unknownMs }),
        ...percentiles({ what: "runner killed → the thread says so", oursMs: toldMs, p99: { most: 1_500 } }),
        ...percentiles({ what: "runner killed → the thread offers the choices, with evidence", oursMs: askedMs }),
        ...percentiles({
          what: "leading bot killed → the other one posts what was said since",
          oursMs: goneOnMs,
          p99: { most: 5_000 },
        }),
      ],
      remarks: [
        "With so few rounds p99 is the longest of them. Two runners and two bots; those that are killed are started again.",
      ],
    };
  },
};

interface RunnerDeaths {
  readonly unknownMs: readonly number[];
  readonly toldMs: readonly number[];
  readonly askedMs: readonly number[];
}

async function killRunners(site: Site, signals: Signals): Promise<RunnerDeaths> {
  const runners = new Map<string, Program>();
  for (const name of ["runner-1", "runner-2"]) runners.set(name, await startBenchRunner(site, name));
  const unknownMs: number[] = [];
  const toldMs: number[] = [];
  const askedMs: number[] = [];
  try {
    for (let round = 1; round <= runnerRounds; round += 1) {
      // It prints, so that it ends soon after its runner: people are given a choice only when no process is left.
      const step = shellStep(stepId, `${signals.scriptOf(String(round))}; while echo working; do sleep 0.05; done`);
      const { id } = await seedSteps(site.databaseUrl, site.environment, [step]);
      await signals.next();
      await untilShown(site, id, () => true);
      const running = await untilProgress(site, id, "running");
      const victim = runners.get(running.runnerId);
      if (victim === undefined) throw new Error(`nobody here is ${running.runnerId}`);
      const killedAt = performance.now();
      victim.signal("SIGKILL");
      const asked = askedAfter(site, id, killedAt);
      await untilProgress(site, id, "unknown");
      unknownMs.push(performance.now() - killedAt);
      const { told, choices } = await asked;
      toldMs.push(told);
      askedMs.push(choices);
      await victim.kill();
      runners.set(running.runnerId, await startBenchRunner(site, running.runnerId));
      await site.record.submit(id, { intent: "count_as_done", stepId, attempt: 1, note: "seen", by }, actor);
      await untilProgress(site, id, "done");
    }
  } finally {
    await Promise.all([...runners.values()].map((runner) => runner.kill()));
  }
  return { unknownMs, toldMs, askedMs };
}

/** When people read that the outcome is unknown, and when they can choose: choices come with the evidence. */
async function askedAfter(
  site: Site,
  id: UpgradeId,
  killedAt: number,
): Promise<{ readonly told: number; readonly choices: number }> {
  await untilShown(site, id, ({ text }) => text.includes("Outcome unknown"));
  const told = performance.now() - killedAt;
  await untilShown(site, id, ({ blocks }) => JSON.stringify(blocks).includes(actionIds.countAsDone));
  return { told, choices: performance.now() - killedAt };
}

/** The first bot leads; its successor takes its place, and a new one stands by. */
async function killBots(site: Site, bots: Program[]): Promise<readonly number[]> {
  const { id } = await seedSteps(site.databaseUrl, site.environment, [
    shellStep(stepId, "true", { class: "irreversible" }),
  ]);
  await untilShown(site, id, () => true, backlogMs);
  // Everything that the rounds before had to say, at Slack's pace of a message a second, would be in the way.
  for (let before = -1; before !== site.workspace.changes(); await delay(quietMs)) before = site.workspace.changes();
  const times: number[] = [];
  for (let round = 1; round <= botRounds; round += 1) {
    const leader = bots.shift();
    if (leader === undefined) throw new Error("no bot is left");
    const text = `note of round ${round}`;
    const killedAt = performance.now();
    leader.signal("SIGKILL");
    await site.record.submit(id, { intent: "add_note", text, by }, actor);
    await untilShown(site, id, (message) => JSON.stringify(message).includes(text));
    times.push(performance.now() - killedAt);
    await leader.kill();
    bots.push(await startBot(site, `bot-${round + 1}`));
  }
  return times;
}

async function untilProgress<Kind extends StepProgress["kind"]>(
  { record }: Site,
  id: UpgradeId,
  kind: Kind,
): Promise<Extract<StepProgress, { readonly kind: Kind }>> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await delay(5)) {
    const progress = await progressOf(record, id, stepId);
    if (progress !== undefined && isKind(progress, kind)) return progress;
  }
  throw new Error(`the step of ${id} did not become ${kind}`);
}

function isKind<Kind extends StepProgress["kind"]>(
  progress: StepProgress,
  kind: Kind,
): progress is Extract<StepProgress, { readonly kind: Kind }> {
  return progress.kind === kind;
}
