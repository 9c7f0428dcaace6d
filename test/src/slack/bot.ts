import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { emptyDirectory } from "#approvals/directory.ts";
import { startSlackApp } from "#src/slack/app.ts";
import type { SlackApp, SlackAppOptions } from "#src/slack/app.ts";
import type { PostRow } from "#src/slack/delivery/post-store.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { stage } from "#test/practice/slack/stage.ts";
import type { Json, Stage } from "#test/practice/slack/stage.ts";
import { report } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { sampleEnvironment, sampleFacts } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";

export const manifestPath = fileURLToPath(new URL("../../../manifest.yml", import.meta.url));

/** Rows of posts in memory. */
export class MemoryPosts {
  readonly rows = new Map<string, PostRow>();
  async load(upgradeId: UpgradeId): Promise<readonly PostRow[]> {
    return [...this.rows.values()].filter((row) => row.upgradeId === upgradeId);
  }
  async count(upgradeId: UpgradeId): Promise<number> {
    return (await this.load(upgradeId)).length;
  }
  async save(row: PostRow): Promise<void> {
    this.rows.set(`${row.upgradeId}/${row.key}`, row);
  }
}

const practice = sampleEnvironment();
const legacy: Environment = sampleEnvironment({ name: "legacy", channel: "C0LEGACY1" });

/** What was logged, to be looked at. */
export class MemoryLog {
  readonly lines: { readonly level: string; readonly context: object; readonly message: string }[] = [];
  info(context: object, message: string): void {
    this.lines.push({ level: "info", context, message });
  }
  warn(context: object, message: string): void {
    this.lines.push({ level: "warn", context, message });
  }
  error(context: object, message: string): void {
    this.lines.push({ level: "error", context, message });
  }
}

export interface Bot {
  readonly s: Stage;
  readonly app: SlackApp;
  readonly desk: MemoryDesk;
  readonly posts: MemoryPosts;
  readonly log: MemoryLog;
  /** Types a command as somebody and gives what they were told privately. */
  readonly type: (user: string, text: string, channel?: string) => Promise<string>;
  /** The messages of a thread, or of the channel. */
  readonly thread: (id: UpgradeId) => Promise<readonly Json[]>;
  readonly settled: () => Promise<void>;
}

/** Quick enough for tests; the order and the budget are the same. */
const quickPace = { everyMs: 1, burst: 5, editEveryMs: 5, allEditsEveryMs: 1, tailEveryMs: 10 };

export function botOptions(s: Stage, parts: Pick<Bot, "desk" | "posts" | "log">): SlackAppOptions {
  const seen = new Set<string>();
  return {
    settings: {
      apiUrl: s.workspace.slackApiUrl,
      botToken: CREDENTIALS.bot_token,
      delivery: { kind: "socket", appToken: CREDENTIALS.app_token },
      isPractice: true,
    },
    environments: [practice, legacy],
    directory: emptyDirectory,
    desk: parts.desk,
    posts: parts.posts,
    recheckApproval: async () => undefined,
    isFirstDelivery: async (key) => !seen.has(key) && seen.add(key).size > 0,
    records: (thread) => ({
      exportRecord: async (id) => {
        const events = await parts.desk.events(id, 0);
        await thread.uploadFile({ upgradeId: id, name: `${id}.json`, title: id, text: JSON.stringify(events) });
        return { files: [`${id}.json`], events: events.length };
      },
      verifyRecord: async (id) => {
        const events = await parts.desk.events(id, 0);
        const heads = await thread.readHeads(id);
        const bad = heads.find(({ version, hash }) => events[version - 1]?.hash !== hash);
        return bad === undefined
          ? { kind: "ok", events: events.length, head: events.at(-1)?.hash ?? "", witnessed: heads.length }
          : { kind: "broken", problem: `event ${bad.version} has another hash than the thread` };
      },
    }),
    log: parts.log,
    now: Date.now,
    steadyNow: () => performance.now(),
    pace: quickPace,
    toolVersion: "test",
  };
}

/** The real bot on the wire, over records in memory; stopped when the test ends. */
export async function startBot(
  over: { readonly stage?: Parameters<typeof stage>[0]; readonly options?: Partial<SlackAppOptions> } = {},
): Promise<Bot> {
  const s = await stage({ manifestPath, ...over.stage });
  const parts = { desk: new MemoryDesk(), posts: new MemoryPosts(), log: new MemoryLog() };
  const app = await startSlackApp({ ...botOptions(s, parts), ...over.options });
  onTestFinished(() => app[Symbol.asyncDispose]());
  parts.desk.onChange = (id) => app.upgradeChanged(id);
  return { s, app, ...parts, ...hands(s, app, parts.posts) };
}

function hands(s: Stage, app: SlackApp, posts: MemoryPosts): Pick<Bot, "type" | "thread" | "settled"> {
  return {
    type: async (user, text, channel = "C0PRACTCE") => {
      const before = (await privately(s, user, channel)).length;
      await s.person("commands", { user, channel, text: `/kong-upgrade ${text}` });
      const answers = await waitUntil(`an answer to “${text}”`, async () => {
        const now = await privately(s, user, channel);
        return now.length > before ? now : undefined;
      });
      return String(answers.at(-1)?.["text"]);
    },
    thread: async (id) => {
      const ts = posts.rows.get(`${id}/card`)?.ts;
      return ts === undefined ? [] : s.sees("U0ALICE01", "C0PRACTCE", ts);
    },
    settled: async () => {
      await waitUntil("Slack to be up to date", () => app.isUpToDate);
    },
  };
}

/** The ephemeral messages that somebody sees in a channel. */
export async function privately(s: Stage, user: string, channel = "C0PRACTCE"): Promise<readonly Json[]> {
  return (await s.sees(user, channel)).filter((message) => message["is_ephemeral"] === true);
}

const runner = { kind: "runner", runnerId: "r1" } as const;

/** A runner that looks at the installation, as far as the record is concerned. */
export async function survey(desk: MemoryDesk, id: UpgradeId, facts: Facts = sampleFacts()): Promise<void> {
  await must(desk.submit(id, { intent: "report_survey", facts }, runner));
}

/** Runs the step whose turn it is; undefined when something else has to happen first. */
export async function runStep(
  desk: MemoryDesk,
  id: UpgradeId,
  over: Partial<StepReport> & { readonly outcome?: StepReport["outcome"] } = {},
): Promise<string | undefined> {
  const upgrade = await desk.find(id);
  const todo = upgrade === undefined ? undefined : next(upgrade, new Date().toISOString());
  if (todo?.do !== "run") return undefined;
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: runner.runnerId };
  await must(desk.submit(id, { intent: "start_step", ...ref, digest: todo.digest }, runner));
  await must(desk.submit(id, { intent: "finish_step", ...ref, report: report(over.outcome ?? "done", over) }, runner));
  return todo.step.id;
}

async function must(submitted: ReturnType<MemoryDesk["submit"]>): Promise<void> {
  const result = await submitted;
  if (!result.ok) throw new Error(result.problem.sentence);
}

/** Confirms the manual step whose turn it is, as alice, by its button in the thread. */
async function confirmManually({ s, desk, thread, settled }: Bot, id: UpgradeId): Promise<void> {
  await settled();
  const before = (await desk.find(id))?.version ?? 0;
  const prompt = (await thread(id)).findLast((message) => buttonsOf(message).includes("ku_confirm_manual"));
  const where = { user: "U0ALICE01", channel: "C0PRACTCE", ts: prompt?.["ts"] };
  const clicked = await s.person("actions", { ...where, action_id: "ku_confirm_manual" });
  if (clicked["delivered"] !== true) throw new Error(`the click was not delivered: ${JSON.stringify(clicked)}`);
  await waitUntil("the confirmation", async () => ((await desk.find(id))?.version ?? 0) > before);
}

/** Plans and starts an upgrade as alice, and runs it until an irreversible step has its turn. */
export async function runUntilApproval(bot: Bot, id: UpgradeId = "KU-2026-0001"): Promise<void> {
  await bot.type("U0ALICE01", "plan practice --to 3.4.2");
  await survey(bot.desk, id);
  await bot.type("U0ALICE01", "start");
  await runUntilIrreversible(bot, id);
}

export async function runUntilIrreversible(bot: Bot, id: UpgradeId): Promise<void> {
  for (let round = 0; round < 60; round += 1) {
    const upgrade = await bot.desk.find(id);
    if (upgrade?.status !== "active") throw new Error(`${id} is ${upgrade?.status ?? "unknown"}`);
    if (currentStep(upgrade)?.step.class === "irreversible") return;
    if ((await runStep(bot.desk, id)) === undefined) await confirmManually(bot, id);
  }
  throw new Error(`${id} never came to an irreversible step`);
}

/** The elements of a message that can be clicked. */
export function buttonsOf(message: Json | undefined): readonly string[] {
  const blocks = Array.isArray(message?.["blocks"]) ? message["blocks"] : [];
  return blocks.flatMap((block) =>
    block?.type === "actions" ? block.elements.map((element: { action_id: string }) => element.action_id) : [],
  );
}
