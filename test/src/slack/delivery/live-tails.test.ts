import { expect, test } from "vitest";
import { LiveTails } from "#src/slack/delivery/live-tails.ts";
import { post } from "#src/slack/delivery/desired-post.ts";
import { newWork, noteLag, noteRow } from "#src/slack/delivery/work.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { MemoryLog, startBot, survey } from "#test/src/slack/bot.ts";
import { report, started } from "#test/support/given.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const ID = "KU-2026-0001";
const runner = { kind: "runner", runnerId: "r1" } as const;

/** The upgrade with its first step started by a runner. */
function running(): Upgrade | undefined {
  const story = started();
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`the first step is not run: ${todo.do}`);
  const { step, attempt, digest } = todo;
  return story.must({ intent: "start_step", stepId: step.id, attempt, runnerId: "r1", digest }).upgrade;
}

test("a running step shows its last lines, new ones take their place, and the report has the last word", async () => {
  let lines: readonly string[] = [];
  const bot = await startBot({ options: { readTail: async () => lines } });
  await bot.type("U0ALICE01", "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  await bot.type("U0ALICE01", "start");
  const upgrade = await bot.desk.find(ID);
  const todo = upgrade === undefined ? undefined : next(upgrade, new Date().toISOString());
  if (todo?.do !== "run") throw new Error("nothing to run");
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: runner.runnerId };
  const shown = async (): Promise<string> => {
    const { ts } = bot.posts.rows.get(`${ID}/step-${ref.stepId}-1`) ?? {};
    const message = (await bot.thread(ID)).find((each) => each["ts"] === ts);
    return JSON.stringify(message?.["blocks"] ?? "");
  };

  await bot.desk.submit(ID, { intent: "start_step", ...ref, digest: todo.digest }, runner);
  await waitUntil("the step in the thread", async () => (await shown()).includes("running on r1"));
  lines = ["migrating core", "<!channel> `core` migrated"];
  await waitUntil("its first lines", async () => (await shown()).includes("migrating core"));
  expect(await shown()).toContain("&lt;!channel&gt; ˋcoreˋ migrated");
  lines = ["15 migrations processed"];
  await waitUntil("its next lines", async () => (await shown()).includes("15 migrations processed"));
  expect(await shown()).not.toContain("migrating core");
  lines = ["2 of 5 nodes done; now at gw-3", "[gw-3] stopping"];
  await waitUntil("its nodes", async () => (await shown()).includes("; 2 of 5 nodes done; now at gw-3"));
  lines = ["[gw-3] waits for its last requests"];
  await waitUntil("lines without a tally", async () => (await shown()).includes("last requests"));
  expect(await shown()).toContain("2 of 5 nodes done");

  const { output } = report("done");
  const told = { ...output, tail: ["Database is up to date"] };
  await bot.desk.submit(ID, { intent: "finish_step", ...ref, report: report("done", { output: told }) }, runner);
  await waitUntil("the end", async () => (await shown()).includes("Database is up to date"));
  expect(await shown()).not.toContain("15 migrations processed");
});

test("upgrades take turns: one is changed in a look, and what is silent takes no turn", async () => {
  const upgrade = running();
  const changed: UpgradeId[] = [];
  let looks = 0;
  const tails = new LiveTails({
    desk: { find: async () => upgrade },
    read: async ({ upgradeId }) => {
      looks += 1;
      return upgradeId === "KU-2026-0002" ? ["silent"] : [`line ${looks}`];
    },
    everyMs: 5,
    log: new MemoryLog(),
    onChange: (id) => changed.push(id),
  });
  for (const id of ["KU-2026-0001", "KU-2026-0002", "KU-2026-0003"] as const) await tails.follow(id);
  expect(tails.of("KU-2026-0002")?.lines).toEqual(["silent"]);
  await waitUntil("several turns", () => changed.length >= 6);
  tails.stop();
  expect(changed.slice(0, 6)).toEqual([1, 3, 1, 3, 1, 3].map((number) => `KU-2026-000${number}`));
});

test("steps that begin one soon after the other do not put off the look at those that run", async () => {
  const upgrade = running();
  const changed: UpgradeId[] = [];
  let looks = 0;
  const tails = new LiveTails({
    desk: { find: async () => upgrade },
    read: async () => [`line ${(looks += 1)}`],
    everyMs: 300,
    log: new MemoryLog(),
    // One look is enough: a busy machine may come to the next one before it is asked whether there was one.
    onChange: (id) => {
      changed.push(id);
      tails.stop();
    },
  });
  let begun = 0;
  await waitUntil("a look while steps begin", async () => {
    begun += 1;
    await tails.follow(`KU-2026-${String(begun).padStart(4, "0")}`);
    return changed.length > 0;
  });
  expect(changed).toHaveLength(1);
});

test("new lines of a running step do not count as what the thread is behind with", () => {
  const line = post({ key: "step-1", order: 1, urgency: "tail" }, { text: "new", blocks: [] });
  const row = { upgradeId: ID, channel: "C0PRACTCE", contentDigest: "sha256:old", ts: "1.0", state: "sent" } as const;
  const behind = (urgency: "tail" | "line"): boolean => {
    const work = newWork(ID, { person: (id) => id, group: (id) => id });
    work.open.set(line.key, { ...line, urgency });
    for (const key of ["card", line.key]) noteRow(work, { ...row, key });
    noteLag(work, 5);
    return work.behindSince.has("thread");
  };
  expect([behind("tail"), behind("line")]).toEqual([false, true]);
});

test("output that cannot be read takes nothing from the thread, is told once, and is read again later", async () => {
  const upgrade = running();
  const log = new MemoryLog();
  let reads = 0;
  const changed: UpgradeId[] = [];
  const tails = new LiveTails({
    desk: { find: async () => upgrade },
    read: async () => {
      reads += 1;
      if (reads <= 3) throw new Error("the database is away");
      return ["back"];
    },
    everyMs: 5,
    log,
    onChange: (id) => changed.push(id),
  });
  await tails.follow(ID);
  expect(tails.of(ID)?.lines).toEqual([]);
  await waitUntil("the lines", () => changed.length > 0);
  expect(tails.of(ID)?.lines).toEqual(["back"]);
  tails.stop();
  expect(log.lines).toHaveLength(1);
});
