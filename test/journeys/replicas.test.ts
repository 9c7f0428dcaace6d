import { join } from "node:path";
import { expect, test } from "vitest";
import { drive, planAndStart } from "#practice/scenarios/director.ts";
import { demandNothingTwice } from "#practice/scenarios/process-faults.ts";
import { openStage } from "#practice/scenarios/stage.ts";
import { demandUpgraded } from "#practice/scenarios/world-check.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { compileCache } from "#practice/world/compile-cache.ts";
import { supervise } from "#practice/world/process.ts";

const projectRoot = join(import.meta.dirname, "..", "..");

test("a second replica of the bot goes on when the first one dies for good, and nothing is said twice", async () => {
  await using stage = await openStage({ print: () => undefined, env: process.env });
  const { world } = stage;
  const second = supervise({
    name: "bot-2",
    argv: [process.execPath, join(projectRoot, "src", "main.ts"), "serve"],
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      DATABASE_URL: world.databaseUrl,
      KONG_UPGRADE_CONFIG: world.configFile,
      KONG_UPGRADE_PRACTICE: "1",
      NODE_COMPILE_CACHE: compileCache,
      KONG_UPGRADE_DATA: join(world.dataDir, "bot"),
      SLACK_API_URL: world.workspace.slackApiUrl,
      SLACK_BOT_TOKEN: CREDENTIALS.bot_token,
      SLACK_APP_TOKEN: CREDENTIALS.app_token,
    },
    logFile: join(world.dataDir, "logs", "bot-2.log"),
    cwd: projectRoot,
    restartAfterMs: 300,
    onDeath: () => undefined,
  });
  await using _second = { [Symbol.asyncDispose]: () => second.stop(2_000) };
  // Two sockets each.
  await stage.until("both replicas", async () => (world.workspace.connections() >= 4 ? true : undefined));

  await planAndStart(stage);
  let isFirstAlive = true;
  const ending = await drive(stage, {
    onLook: async (thread) => {
      if (isFirstAlive && thread.length >= 8) {
        isFirstAlive = false;
        world.bot.hold(true);
        world.bot.kill();
      }
      return false;
    },
  });

  expect(isFirstAlive).toBe(false);
  expect(world.bot.pid()).toBeUndefined();
  expect(ending).toBe("completed");
  await demandUpgraded(stage);
  await demandNothingTwice(stage);
});
