import { Client } from "pg";
import { choose, drive, planAndStart } from "./director.ts";
import { buttonsOf, findButton } from "./people.ts";
import type { Message } from "./people.ts";
import { exportAndVerify } from "./record-check.ts";
import type { Tally } from "./record-check.ts";
import type { Open, Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { demand, demandUpgraded } from "./world-check.ts";

/** Evidence carries its time in seconds: collected twice within one, it looks the same; after this it is the new one. */
const freshWithinMs = 8_000;

/** The runner dies while `migrations up` runs: once before its first commit, once after its last. */
export const runnerKilled: Scenario = {
  name: "runner-killed",
  summary:
    "the runner is killed during `migrations up`, before and after the commit: unknown, evidence, a person decides",
  run: async (open) => {
    await killDuringUp(open, "before");
    return killDuringUp(open, "after");
  },
};

async function killDuringUp(open: Open, when: "before" | "after"): Promise<Tally> {
  await using stage = await open();
  stage.say(`the runner will be killed ${when} the migrations are committed`);
  // Far longer than anybody takes to see that they began; taken back as soon as somebody has.
  await stage.kongFaults({ "migrations up": { delay_ms: 30_000 } });
  await planAndStart(stage);
  const stopped = await drive(stage, {
    onLook: () => Promise.resolve(stage.world.runner.starts() > 1 || killWhen(stage, when)),
  });
  demand(stopped === "stopped", "the runner was killed during the upgrade");
  await stage.kongFaults({});
  let prompts = 0;
  const ending = await drive(stage, {
    onTrouble: async (prompt) => {
      prompts += 1;
      demand(
        /unknown/iu.test(prompt.message.text),
        `the prompt says that the outcome is unknown:\n${prompt.message.text}`,
      );
      // Kong's own processes outlive the runner and complete the migration; look until they have.
      await stage.until("the migrations to be over", async () =>
        (await migrated(stage)) === "all" ? true : undefined,
      );
      await choose(stage, "Look again")(prompt);
      const before = JSON.stringify(prompt.message.blocks);
      const askedAt = Date.now();
      const settled = await stage.until("fresh evidence that shows the migrations pending", async () => {
        const message = (await stage.thread()).find((each) => each.ts === prompt.message.ts);
        const isSettled =
          message !== undefined &&
          (JSON.stringify(message.blocks) !== before || Date.now() - askedAt > freshWithinMs) &&
          /migrations are pending/iu.test(JSON.stringify(message.blocks)) &&
          findButton(message, "Count as done") !== undefined;
        return isSettled ? message : undefined;
      });
      const note = "schema_meta shows every migration recorded and the lock is free";
      await choose(stage, "Count as done", note)({ message: settled, buttons: buttonsOf(settled) });
    },
  });
  demand(ending === "completed", `the upgrade completes (it ended: ${ending})`);
  await demandUpgraded(stage);
  const tally = await exportAndVerify(stage);
  const starts = tally.exported.filter(
    ({ event }) => event.type === "step_started" && event.stepId === "migrations-up",
  );
  demand(starts.length === 1, `migrations up was started once (${starts.length})`);
  demand(
    tally.exported.some(({ event }) => event.type === "runner_lost"),
    "the record says that the runner was lost",
  );
  return tally;
}

/** Watches the Kong database closely, because the moment is short; kills and answers true when it has come. */
async function killWhen(stage: Stage, when: "before" | "after"): Promise<boolean> {
  if ((await lockOwner(stage)) === undefined) return false;
  const pid = stage.world.runner.pid();
  if (when === "after" && pid !== undefined) {
    // Stopped, it cannot see the end that it must not report; Kong's processes go on without it.
    process.kill(pid, "SIGSTOP");
    await stage.kongFaults({});
    await stage.until("the last commit", async () => ((await migrated(stage)) === "all" ? true : undefined), 120_000);
  }
  stage.say("the runner is killed (SIGKILL)");
  stage.world.runner.kill();
  return true;
}

async function lockOwner(stage: Stage): Promise<string | undefined> {
  const rows = await query(
    stage,
    "select owner from locks where key = 'migrations' and ttl > current_timestamp at time zone 'utc'",
  );
  return rows.length === 0 ? undefined : String(rows[0]);
}

async function migrated(stage: Stage): Promise<"all" | "some"> {
  const rows = await query(
    stage,
    "select 1 from schema_meta where subsystem = 'core' and '020_330_to_340' = any(executed)",
  );
  const isFree = (await lockOwner(stage)) === undefined;
  return rows.length > 0 && isFree ? "all" : "some";
}

async function query(stage: Stage, sql: string): Promise<readonly unknown[]> {
  const client = new Client({
    connectionString: stage.world.kongDatabaseUrl,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The bot dies again and again, at moments nobody chose. */
export const botKilled: Scenario = {
  name: "bot-killed",
  summary: "the bot is killed at random events, several times: nothing is lost and nothing is said twice",
  run: async (open) => {
    await using stage = await open();
    await planAndStart(stage);
    const killAt = new Set(Array.from({ length: 6 }, () => 3 + Math.floor(Math.random() * 40)));
    stage.say(
      `the bot will be killed when the thread has ${[...killAt].sort((left, right) => left - right).join(", ")} messages`,
    );
    let kills = 0;
    const ending = await drive(stage, {
      onLook: async (thread) => {
        for (const count of killAt) {
          if (thread.length < count) continue;
          killAt.delete(count);
          kills += 1;
          stage.say("the bot is killed (SIGKILL)");
          const lives = stage.world.bot.starts();
          stage.world.bot.kill();
          await stage.until(
            "the bot to be back",
            async () =>
              stage.world.bot.starts() > lives && stage.world.workspace.connections() > 0 ? true : undefined,
            120_000,
          );
          break;
        }
        return false;
      },
    });
    demand(kills > 0, "the bot was killed at least once");
    demand(ending === "completed", `the upgrade completes (it ended: ${ending})`);
    await demandUpgraded(stage);
    await demandNothingTwice(stage);
    return await exportAndVerify(stage);
  },
};

/** Slack loses sockets, and answers after the work was done. */
export const slackDrops: Scenario = {
  name: "slack-drops",
  summary: "sockets dropped, responses lost after the work was done: the thread has every line exactly once",
  run: async (open) => {
    await using stage = await open();
    await planAndStart(stage);
    let looks = 0;
    const ending = await drive(stage, {
      onLook: async () => {
        looks += 1;
        if (looks % 12 === 0)
          await stage.people.faults({ lose_response_next: { method: "chat.postMessage", count: 1 } });
        if (looks % 31 === 0) {
          stage.say("Slack drops all sockets");
          await stage.people.faults({ drop_sockets: true });
          await stage.until(
            "a socket",
            async () => (stage.world.workspace.connections() > 0 ? true : undefined),
            120_000,
          );
        }
        return false;
      },
    });
    demand(ending === "completed", `the upgrade completes (it ended: ${ending})`);
    await stage.people.faults({ reset: true });
    await demandUpgraded(stage);
    const tally = await exportAndVerify(stage);
    await demandNothingTwice(stage);
    return tally;
  },
};

/** Every message of the bot in the thread carries a key of its own; none may be there twice. */
export async function demandNothingTwice(stage: Stage): Promise<void> {
  const seen = new Map<string, Message>();
  for (const message of await stage.thread()) {
    const key = message.metadata?.event_payload?.["key"];
    if (typeof key !== "string") continue;
    demand(!seen.has(key), `the line “${message.text.slice(0, 100)}” is in the thread twice`);
    seen.set(key, message);
  }
  demand(seen.size > 10, `the thread's messages carry their keys (${seen.size})`);
}
