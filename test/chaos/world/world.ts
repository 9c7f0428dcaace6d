import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { createNode, installKong } from "#practice/kong/installation.ts";
import { preparePgTools } from "#practice/kong/pg-tools/prepare.ts";
import { seedPracticeEntities } from "#practice/kong/seed.ts";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import { People } from "#practice/scenarios/people.ts";
import { startWorkspace } from "#practice/slack/server.ts";
import type { Workspace } from "#practice/slack/server.ts";
import { compileCache } from "#practice/world/compile-cache.ts";
import { kongRole, prepareDatabases } from "#practice/world/databases.ts";
import type { Supervised } from "#practice/world/process.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import type { Crewed } from "#test/chaos/disturbances.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { chaosConfigFile } from "./config-file.ts";
import { startCrew } from "./crew.ts";
import { writeRecorded } from "./executions.ts";
import { worldVariable } from "./leftovers.ts";
import { leadLinks, openLinks } from "./links.ts";
import type { Links } from "./links.ts";
import { createMachine } from "./machines.ts";
import type { Machine } from "./machines.ts";
import { startPostgres, startRedis } from "./servers.ts";
import type { PostgresServer, RedisServer } from "./servers.ts";
import { oldVersion, openSite } from "./site.ts";
import type { Site } from "./site.ts";

const projectRoot = join(import.meta.dirname, "..", "..", "..");
const template = "kong_template";
const stopGraceMs = 3_000;

/** Everything that the chaos suite disturbs: real servers, real processes, simulated Kong, a Slack-compatible workspace. */
export interface World extends AsyncDisposable {
  readonly dataDir: string;
  readonly workspace: Workspace;
  readonly people: People;
  readonly postgres: PostgresServer;
  /** Absent where no `redis-server` is installed: then the queue is on PostgreSQL. */
  readonly redis: RedisServer | undefined;
  readonly links: Links;
  readonly sites: readonly Site[];
  readonly crew: Readonly<Record<Crewed, Supervised>>;
  /** What each of the crew runs on. */
  readonly machines: Readonly<Record<Crewed, Machine>>;
  /** The record past every link, for those who judge. */
  readonly record: UpgradeRecord;
  readonly configFile: string;
  /** Where every start of a program of the simulated world is written down. */
  readonly executionsFile: string;
}

export interface WorldOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An empty folder for everything that it writes. */
  readonly dataDir: string;
  /** Started in the place of `src/main.ts`, where the product is broken on purpose. */
  readonly program?: string | undefined;
}

export async function startWorld(options: WorldOptions): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const { dataDir } = options;
  for (const folder of ["logs", "backups", "redis", "bin"]) await mkdir(join(dataDir, folder));
  const env = { ...childEnvironment(options.env), [worldVariable]: dataDir };
  const executionsFile = join(dataDir, "executions");

  const links = await openLinks(stack);
  const workspace = await startWorkspace({
    port: 0,
    announcedPort: links["bots>slack"].port,
    dataDir: join(dataDir, "slack"),
    manifestPath: join(projectRoot, "manifest.yml"),
    appDelivery: { kind: "socket" },
  });
  stack.defer(() => workspace.stop());
  leadLinks(links, "slack", Number(new URL(workspace.address).port));

  const postgres = stack.use(await startPostgres(join(dataDir, "postgres")));
  stack.defer(() => postgres.wake());
  leadLinks(links, "postgres", postgres.port);
  const redis = (await hasRedis(env)) ? stack.use(await startRedis(join(dataDir, "redis"), env)) : undefined;
  if (redis !== undefined) leadLinks(links, "redis", redis.port);
  await prepareDatabases(postgres.urlOf("postgres"), { bot: "kong_upgrade", kong: [template] });

  const sites = await openSites(stack, { dataDir, links, postgres, env, executionsFile });
  const { packageManager } = sites;
  const configFile = join(dataDir, "kong-upgrade.yml");
  await writeFile(
    configFile,
    chaosConfigFile({
      sites: sites.all,
      databasePort: links["kong>postgres"].port,
      adminUser: postgres.login.user,
      tools: await recordedTools(dataDir, executionsFile),
      packageManager,
      nodesFolder: join(dataDir, "kong", "nodes"),
      decommission: await writeRecorded(join(dataDir, "bin"), "decommission", { real: undefined, executionsFile }),
      backupDir: join(dataDir, "backups"),
    }),
  );
  const record = stack.use(await openRecord({ url: postgres.urlOf("kong_upgrade") }));
  const machineOf = (name: Crewed): Machine => createMachine(join(dataDir, `machine-${name}`));
  const machines = {
    "bot-1": machineOf("bot-1"),
    "bot-2": machineOf("bot-2"),
    "runner-1": machineOf("runner-1"),
    "runner-2": machineOf("runner-2"),
  };
  const crew = startCrew({
    dataDir,
    configFile,
    links,
    machines,
    recordUrl: postgres.urlOf("kong_upgrade"),
    hasRedis: redis !== undefined,
    adminPassword: postgres.login.password,
    environments: sites.all.map(({ name }) => name),
    env,
    program: options.program,
  });
  stack.defer(async () => void (await Promise.all(Object.values(crew).map((each) => each.stop(stopGraceMs)))));
  // Two sockets for each of the two replicas.
  await waitUntil("both replicas to be connected", () => workspace.connections() >= 4, 90_000);

  const closing = stack.move();
  return {
    dataDir,
    workspace,
    people: new People(workspace.address),
    postgres,
    redis,
    links,
    sites: sites.all,
    crew,
    machines,
    record,
    configFile,
    executionsFile,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

interface SiteParts {
  readonly dataDir: string;
  readonly links: Links;
  readonly postgres: PostgresServer;
  readonly env: Readonly<Record<string, string>>;
  readonly executionsFile: string;
}

/** Two installations: one with two nodes, one with a single one. */
async function openSites(
  stack: AsyncDisposableStack,
  { dataDir, links, postgres, env, executionsFile }: SiteParts,
): Promise<{ readonly all: readonly Site[]; readonly packageManager: string }> {
  const root = join(dataDir, "kong");
  const { packageManager } = await installKong({ root, compileCache, executionsFile });
  const upstream = await startUpstream({ port: 0 });
  stack.defer(() => upstream.stop());
  const { port, login } = postgres;
  const pg = { host: login.host, port, ...kongRole, database: template };
  const ports = { proxy: 1, admin: 1, status: 1 };
  const node = await createNode({ root, name: "template", ports, pg, version: oldVersion });
  await execa(node.kong, ["migrations", "bootstrap", "-c", node.conf], { env, extendEnv: false, timeout: 60_000 });
  const url = `postgres://${kongRole.user}:${kongRole.password}@${login.host}:${port}/${template}`;
  await seedPracticeEntities(url, { host: "127.0.0.1", port: upstream.port });
  // What the world was made with is no part of what is judged.
  await writeFile(executionsFile, "");

  const common = {
    root,
    databasePort: links["kong>postgres"].port,
    urlOf: (database: string) => postgres.urlOf(database),
    template,
    env,
  };
  const all = [
    await openSite({ ...common, name: "east", channel: "C0PRACTCE", nodes: ["east-1", "east-2"] }),
    await openSite({ ...common, name: "west", channel: "C0LEGACY1", nodes: ["west-1"] }),
  ];
  for (const site of all) stack.defer(() => site.end());
  return { all, packageManager };
}

async function recordedTools(dataDir: string, executionsFile: string): Promise<Readonly<Record<string, string>>> {
  const tools = await preparePgTools({ root: join(dataDir, "pg-tools"), serverVersion: 15 });
  const folder = join(dataDir, "bin");
  const entries = await Promise.all(
    Object.entries(tools).map(
      async ([name, { path }]) => [name, await writeRecorded(folder, name, { real: path, executionsFile })] as const,
    ),
  );
  return Object.fromEntries(entries);
}

async function hasRedis(env: Readonly<Record<string, string>>): Promise<boolean> {
  const asked = await execa("redis-server", ["--version"], { env, extendEnv: false, reject: false, timeout: 5_000 });
  return asked.exitCode === 0;
}

/** What programs need to run at all; no credentials of whoever runs the suite. */
function childEnvironment(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const names = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "USER", "LOG_LEVEL"];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
