import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startWorkspace } from "#practice/slack/server.ts";
import type { Workspace } from "#practice/slack/server.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { freePorts } from "#practice/world/free-ports.ts";
import { readEnvironments } from "#src/config/settings.ts";
import type { Environment } from "#src/plan/environment.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import { startProgram } from "./program.ts";
import type { Program } from "./program.ts";

/** What bot and runners of a bench share: database, Slack, configuration. */
export interface Site {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly folder: string;
  readonly workspace: Workspace;
  readonly configFile: string;
  readonly environment: Environment;
  /** The record as a third process sees it. */
  readonly record: UpgradeRecord;
}

export interface SiteOptions {
  readonly folder: string;
  readonly databaseUrl: string;
  /** The queue lies on PostgreSQL where absent. */
  readonly redisUrl?: string | undefined;
  /** Port of a proxy before the workspace, where bots look for Slack then. */
  readonly slackPort?: number;
}

const passwordVariable = "BENCH_DATABASE_PASSWORD";

/** A Slack-compatible workspace, the record, and a configuration of one environment whose Kong is not there. */
export async function openSite(
  { folder, databaseUrl, redisUrl, slackPort }: SiteOptions,
  stack: AsyncDisposableStack,
): Promise<Site> {
  await mkdir(join(folder, "slack"), { recursive: true });
  const workspace = await startWorkspace({
    port: 0,
    announcedPort: slackPort,
    dataDir: join(folder, "slack"),
    manifestPath: fileURLToPath(new URL("../../manifest.yml", import.meta.url)),
    // The bench sends to the bots itself; this address is never used.
    appDelivery: { kind: "http", url: "http://127.0.0.1:1/", signingSecret: CREDENTIALS.signing_secret },
  });
  stack.defer(() => workspace.stop());
  const configFile = join(folder, "kong-upgrade.yml");
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify(configuration(databaseUrl)));
  const [environment] = await readEnvironments(configFile);
  if (environment === undefined) throw new Error("the configuration has no environment");
  const record = stack.use(await openRecord({ url: databaseUrl }));
  return { databaseUrl, redisUrl, folder, workspace, configFile, environment, record };
}

function configuration(databaseUrl: string): object {
  const { hostname, port, pathname, username } = new URL(databaseUrl);
  const login = { user: username, password: { env: passwordVariable } };
  const bench = {
    channel: "C0PRACTCE",
    nodes: ["kong-1", "kong-2"].map((name) => ({
      name,
      kong: `/nonexistent/${name}/bin/kong`,
      conf: `/nonexistent/${name}/kong.conf`,
      prefix: `/nonexistent/${name}/prefix`,
      admin: "http://127.0.0.1:1",
      proxy: "http://127.0.0.1:1",
    })),
    database: {
      host: hostname,
      port: Number(port),
      name: pathname.slice(1),
      ...login,
      admin: { ...login, database: "postgres" },
    },
    backup_dir: "/nonexistent/backup",
    policies: { irreversible: { users: ["U0CAROL01"], quorum: 1, expires_after: "4h" } },
    operators: { users: ["U0ALICE01"] },
  };
  return { version: 1, environments: { bench } };
}

/** By its path from the folder `bench`. */
const productProgram = "../src/main.ts";

/** The product's own `serve`, to which Slack's requests come over HTTP. */
export interface Bot extends Program {
  readonly port: number;
}

/** Starts one replica; all replicas of a site share their keys. */
export async function startBot(site: Site, name: string, program: string = productProgram): Promise<Bot> {
  const [port = 0] = await freePorts(1);
  const started = await startProgram({
    argv: [program, "serve"],
    env: {
      ...shared(site),
      KONG_UPGRADE_DATA: join(site.folder, "bot"),
      SLACK_API_URL: site.workspace.slackApiUrl,
      SLACK_BOT_TOKEN: CREDENTIALS.bot_token,
      SLACK_SIGNING_SECRET: CREDENTIALS.signing_secret,
      PORT: String(port),
    },
    logFile: join(site.folder, `${name}.log`),
  });
  return { ...started, port };
}

/** A runner with the product's parts, which takes the plans of the bench for its own. */
export async function startBenchRunner(
  site: Site,
  name: string,
  options: { readonly clockAheadMs?: number; readonly lockMs?: number } = {},
): Promise<Program> {
  const settings = {
    runnerId: name,
    databaseUrl: site.databaseUrl,
    ...(site.redisUrl === undefined ? {} : { redisUrl: site.redisUrl }),
    configFile: site.configFile,
    publicKeysFile: join(site.folder, "bot", "signing-key.pub.pem"),
    dataDir: join(site.folder, name),
    ...options,
  };
  return startProgram({
    argv: ["programs/runner.ts", JSON.stringify(settings)],
    logFile: join(site.folder, `${name}.log`),
  });
}

/** The product's own `runner`. */
export async function startRunner(site: Site, name: string, program: string = productProgram): Promise<Program> {
  return startProgram({
    argv: [program, "runner"],
    env: {
      ...shared(site),
      [passwordVariable]: decodeURIComponent(new URL(site.databaseUrl).password),
      KONG_UPGRADE_RUNNER_ID: name,
      KONG_UPGRADE_DATA: join(site.folder, name),
      KONG_UPGRADE_PUBLIC_KEYS: join(site.folder, "bot", "signing-key.pub.pem"),
    },
    logFile: join(site.folder, `${name}.log`),
  });
}

function shared({ databaseUrl, redisUrl, configFile }: Site): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    KONG_UPGRADE_CONFIG: configFile,
    KONG_UPGRADE_PRACTICE: "1",
  };
}
