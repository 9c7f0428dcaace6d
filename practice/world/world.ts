import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { preparePgTools } from "#practice/kong/pg-tools/prepare.ts";
import type { PreparedTools } from "#practice/kong/pg-tools/prepare.ts";
import { startTraffic } from "#practice/kong/traffic/traffic.ts";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import { startWorkspace } from "#practice/slack/server.ts";
import type { Workspace } from "#practice/slack/server.ts";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { practiceConfigFile, practiceRequests } from "./config-file.ts";
import type { PgToolPaths, PracticeSoak } from "./config-file.ts";
import { prepareDatabases } from "./databases.ts";
import { findLeftGateways, prepareFleet } from "./fleet.ts";
import type { Fleet } from "./fleet.ts";
import { plainPathOf } from "./plain-path.ts";
import { reservePorts } from "./ports.ts";
import type { Ports } from "./ports.ts";
import type { Supervised } from "./process.ts";
import { startProcesses } from "./processes.ts";
import { readRunning, watchRunning } from "./running-nodes.ts";

const projectRoot = join(import.meta.dirname, "..", "..");
/** Ctrl-C must end everything within 5 s: bot and runner get this long to finish what they are at. */
const stopGraceMs = 2_000;
const connectTimeoutMs = 60_000;

export interface WorldOptions {
  readonly dataDir: string;
  /** Port of the page. */
  readonly port: number;
  /** Environment that child processes inherit (PATH and the like); nothing else of ours is in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly soak: PracticeSoak;
  readonly onDeath?: (name: string, how: string) => void;
  /** False where the world goes with the process that made it: PostgreSQL then does not wait for the disk. */
  readonly isDurable?: boolean;
  /** Puts something in the place of `pg_dump`, given the path of the one that would be used; for rehearsals of bad backups. */
  readonly replacePgDump?: (path: string) => Promise<string>;
}

/** Everything that a rehearsal needs on one machine: PostgreSQL, a Slack workspace, simulated Kong, the bot, a runner. */
export interface World {
  readonly workspace: Workspace;
  readonly bot: Supervised;
  readonly runner: Supervised;
  readonly fleet: Fleet;
  readonly databaseUrl: string;
  readonly kongDatabaseUrl: string;
  readonly configFile: string;
  readonly dataDir: string;
  /** Where PostgreSQL keeps its data; root cannot always keep it inside `dataDir`. */
  readonly postgresDir: string;
  /** What is not the real thing on this machine. */
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

/** Opens everything in order; what was opened is closed again when a later part fails. */
export async function startWorld(options: WorldOptions): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await plainPathOf(options.dataDir);
  const logs = join(dataDir, "logs");
  await mkdir(join(options.dataDir, "logs"), { recursive: true });

  const workspace = await startWorkspace({
    port: options.port,
    dataDir: join(dataDir, "slack"),
    manifestPath: join(projectRoot, "manifest.yml"),
    appDelivery: { kind: "socket" },
  });
  stack.defer(() => workspace.stop());

  const kongRoot = join(dataDir, "kong");
  const ports = await reservePorts(join(dataDir, "ports.json"), await findLeftGateways(kongRoot));
  const durable = options.isDurable ?? true;
  const postgres = await startEmbeddedPostgres({ dataDir: join(options.dataDir, "postgres"), durable });
  stack.defer(() => postgres.stop());
  await prepareDatabases(postgres.url, { bot: "kong_upgrade", kong: ["kong", "kong_old"] });

  const upstream = await startUpstream({ port: ports.upstream });
  stack.defer(() => upstream.stop());
  const tools = await preparePgTools({ root: join(dataDir, "pg-tools"), serverVersion: 15 });

  const env = childEnvironment(options.env);
  const stateFile = join(dataDir, "running-nodes.json");
  const fleet = await prepareFleet({
    root: kongRoot,
    ports,
    postgres,
    env,
    running: await readRunning(stateFile),
  });
  stack.defer(async () => void (await fleet.stop()));
  const problems = await fleet.start();
  const watch = watchRunning(fleet, stateFile);
  stack.defer(() => watch.stop());

  const traffic = await startClients(ports);
  stack.defer(() => traffic.stop());

  const configFile = join(dataDir, "kong-upgrade.yml");
  const backupDir = join(dataDir, "backups");
  await mkdir(backupDir, { recursive: true });
  const paths = await toolPaths(tools, options);
  await writeFile(
    configFile,
    practiceConfigFile({ fleet, ports, postgres, tools: paths, backupDir, soak: options.soak }),
  );

  const databaseUrl = withDatabase(postgres.url, "kong_upgrade");
  const { bot, runner } = startProcesses({
    dataDir,
    logs,
    configFile,
    databaseUrl,
    slackApiUrl: workspace.slackApiUrl,
    adminPassword: postgres.password,
    env,
    onDeath: options.onDeath ?? (() => undefined),
  });
  stack.defer(async () => void (await Promise.all([bot.stop(stopGraceMs), runner.stop(stopGraceMs)])));

  await connected(workspace, join(logs, "bot.log"));

  const closing = stack.move();
  return {
    workspace,
    bot,
    runner,
    fleet,
    databaseUrl,
    kongDatabaseUrl: withDatabase(postgres.url, "kong"),
    configFile,
    dataDir,
    postgresDir: postgres.dataDir,
    notes: [...standIns(tools), ...problems],
    stop: () => closing.disposeAsync(),
  };
}

/** Without a socket the first command would fail; the page is of no use before. */
async function connected(workspace: Workspace, log: string): Promise<void> {
  const deadline = Date.now() + connectTimeoutMs;
  while (workspace.connections() === 0) {
    if (Date.now() > deadline)
      throw new Error(`the bot did not connect within ${connectTimeoutMs / 1_000} s; see ${log}`);
    await delay(50);
  }
}

/** A steady trickle of requests through the proxies of both nodes; its figures are what soak steps read. */
function startClients(ports: Ports): ReturnType<typeof startTraffic> {
  return startTraffic({
    port: ports.traffic,
    nodes: (["kong-1", "kong-2"] as const).map((name) => ({ name, proxy: `http://127.0.0.1:${ports[name].proxy}` })),
    requests: practiceRequests.map(({ path, expect }) => ({ path, expect: [expect] })),
  });
}

function standIns(tools: PreparedTools): readonly string[] {
  const names = Object.entries(tools).flatMap(([name, tool]) => (tool.kind === "simulated" ? [name] : []));
  if (names.length === 0) return [];
  return [`PostgreSQL's client tools are not installed; practice stand-ins serve as ${names.join(", ")}.`];
}

async function toolPaths(tools: PreparedTools, { replacePgDump }: WorldOptions): Promise<PgToolPaths> {
  return {
    pg_dump: (await replacePgDump?.(tools.pg_dump.path)) ?? tools.pg_dump.path,
    pg_restore: tools.pg_restore.path,
    createdb: tools.createdb.path,
    dropdb: tools.dropdb.path,
    psql: tools.psql.path,
  };
}

/** What programs need to run at all; no credentials of the person who practises. */
function childEnvironment(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const names = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "USER", "LOG_LEVEL"];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
