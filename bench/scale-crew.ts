import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { People } from "#practice/scenarios/people.ts";
import { startWorkspace } from "#practice/slack/server.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { compileCache } from "#practice/world/compile-cache.ts";
import { supervise } from "#practice/world/process.ts";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { programPath } from "./program-path.ts";

/** What runs: a record, a workspace, and bots and runners as production starts them. */
export interface Crew {
  readonly record: UpgradeRecord;
  readonly people: People;
}

export interface CrewWish {
  readonly folder: string;
  readonly configFile: string;
  readonly replicas: number;
  readonly runners: number;
}

const projectRoot = join(import.meta.dirname, "..");
const startMs = 90_000;
const stopMs = 3_000;
/** Every bot holds two sockets, so that one may be renewed. */
const socketsPerBot = 2;

/** Starts everything and waits until each bot is connected and each runner registered. */
export async function startCrew(wish: CrewWish, stack: AsyncDisposableStack): Promise<Crew> {
  const { folder, replicas, runners } = wish;
  await mkdir(join(folder, "logs"));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  stack.defer(() => postgres.stop());
  const workspace = await startWorkspace({
    port: 0,
    manifestPath: join(projectRoot, "manifest.yml"),
    appDelivery: { kind: "socket" },
  });
  stack.defer(() => workspace.stop());
  const record = stack.use(await openRecord({ url: postgres.url }));
  const start = (name: string, word: "serve" | "runner", extra: Readonly<Record<string, string>>): void => {
    const process = supervise({
      name,
      argv: [globalThis.process.execPath, join(projectRoot, "src", "main.ts"), word],
      env: {
        ...programPath.env,
        HOME: folder,
        DATABASE_URL: postgres.url,
        KONG_UPGRADE_CONFIG: wish.configFile,
        KONG_UPGRADE_PRACTICE: "1",
        NODE_COMPILE_CACHE: compileCache,
        LOG_LEVEL: "warn",
        ...extra,
      },
      logFile: join(folder, "logs", `${name}.log`),
      cwd: projectRoot,
      restartAfterMs: 1_000,
      onDeath: (who, how) => globalThis.process.stdout.write(`  ${who} ended: ${how}\n`),
    });
    stack.defer(() => process.stop(stopMs));
  };
  for (let number = 1; number <= replicas; number += 1)
    start(`bot-${number}`, "serve", {
      KONG_UPGRADE_DATA: join(folder, "bot"),
      SLACK_API_URL: workspace.slackApiUrl,
      SLACK_BOT_TOKEN: CREDENTIALS.bot_token,
      SLACK_APP_TOKEN: CREDENTIALS.app_token,
    });
  for (let number = 1; number <= runners; number += 1)
    start(`runner-${number}`, "runner", {
      KONG_UPGRADE_RUNNER_ID: `runner-${number}`,
      KONG_UPGRADE_DATA: join(folder, `runner-${number}`),
      KONG_UPGRADE_PUBLIC_KEYS: join(folder, "bot", "signing-key.pub.pem"),
    });
  await waitUntil("all bots to be connected", () => workspace.connections() >= replicas * socketsPerBot, startMs);
  await waitUntil("all runners to be there", async () => (await record.runners()).length >= runners, startMs);
  return { record, people: new People(workspace.address) };
}
