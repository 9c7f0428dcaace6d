import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { compileCache } from "#practice/world/compile-cache.ts";
import { freePorts } from "#practice/world/free-ports.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { startProgram } from "./program.ts";
import type { Program } from "./program.ts";
import { operator } from "./small-gateways.ts";
import type { SmallGateways } from "./small-gateways.ts";

/** One process of the product. */
export interface Member extends Program {
  readonly name: string;
  /** Where it tells health and figures. */
  readonly figuresUrl: string;
}

/** Everything that an installation of many environments consists of, each part a process of its own. */
export interface Crew {
  readonly bots: readonly Member[];
  readonly runners: readonly Member[];
  readonly workspaceAddress: string;
  readonly databaseUrl: string;
  readonly databaseDir: string;
  /** The record as one more process sees it. */
  readonly record: UpgradeRecord;
}

export interface CrewSize {
  readonly bots: number;
  readonly runners: number;
}

const startMs = 60_000;
/** Every bot holds two sockets, so that one may be renewed. */
const socketsPerBot = 2;
const approvers = ["U0CAROL01", "U0DAVE001", "U0ERIN001"];

/** Starts everything and waits until each bot is connected and each runner registered. */
export async function startCrew(
  folder: string,
  gateways: SmallGateways,
  size: CrewSize,
  stack: AsyncDisposableStack,
): Promise<Crew> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  stack.defer(() => postgres.stop());
  const [slackPort = 0, ...ports] = await freePorts(1 + size.bots + size.runners);
  const logs = join(folder, "logs");
  await mkdir(logs);
  stack.use(
    await startProgram({ argv: ["programs/workspace.ts", String(slackPort)], logFile: join(logs, "workspace.log") }),
  );
  const workspaceAddress = `http://127.0.0.1:${slackPort}`;
  await settle(workspaceAddress, gateways);

  const start = async (
    name: string,
    word: "serve" | "runner",
    env: Readonly<Record<string, string>>,
  ): Promise<Member> => {
    const port = ports.pop() ?? 0;
    const program = await startProgram({
      argv: ["../src/main.ts", word],
      env: {
        DATABASE_URL: postgres.url,
        KONG_UPGRADE_CONFIG: gateways.configFile,
        KONG_UPGRADE_HTTP: String(port),
        KONG_UPGRADE_PRACTICE: "1",
        NODE_COMPILE_CACHE: compileCache,
        ...env,
      },
      logFile: join(logs, `${name}.log`),
    });
    return stack.use({ ...program, name, figuresUrl: `http://127.0.0.1:${port}` });
  };
  const keys = { KONG_UPGRADE_DATA: join(folder, "bot") };
  const slack = {
    SLACK_API_URL: `${workspaceAddress}/api/`,
    SLACK_BOT_TOKEN: CREDENTIALS.bot_token,
    SLACK_APP_TOKEN: CREDENTIALS.app_token,
  };
  const bots: Member[] = [];
  for (let number = 1; number <= size.bots; number += 1)
    bots.push(await start(`bot-${number}`, "serve", { ...keys, ...slack }));
  const runners: Member[] = [];
  for (let number = 1; number <= size.runners; number += 1)
    runners.push(
      await start(`runner-${number}`, "runner", {
        KONG_UPGRADE_RUNNER_ID: `runner-${number}`,
        KONG_UPGRADE_DATA: join(folder, `runner-${number}`),
        KONG_UPGRADE_PUBLIC_KEYS: join(folder, "bot", "signing-key.pub.pem"),
      }),
    );
  const sockets = size.bots * socketsPerBot;
  await waitUntil("all bots to be connected", async () => (await connections(workspaceAddress)) >= sockets, startMs);
  const record = stack.use(await openRecord({ url: postgres.url }));
  return { bots, runners, workspaceAddress, databaseUrl: postgres.url, databaseDir: postgres.dataDir, record };
}

/** Channels and user groups of the teams come into the workspace, each channel with its people and the bot. */
async function settle(address: string, { all, teams }: SmallGateways): Promise<void> {
  for (const { group, handle } of teams) await change(address, "groups", { group, handle, users: approvers });
  for (const { name, channel } of all)
    await change(address, "channels", { channel, name: `kong-${name}`, add: [operator, ...approvers] });
}

async function change(address: string, what: "channels" | "groups", body: object): Promise<void> {
  const response = await fetch(`${address}/practice/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(`${what} ${JSON.stringify(body)}: HTTP ${response.status} ${await response.text()}`);
}

const stateSchema = z.object({ bot: z.object({ connections: z.number() }) });

async function connections(address: string): Promise<number> {
  return stateSchema.parse(await (await fetch(`${address}/practice/state`)).json()).bot.connections;
}
