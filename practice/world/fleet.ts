import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { compileCache } from "./compile-cache.ts";
import { ExecaError, execa } from "execa";
import { Client } from "pg";
import { createNode, installKong, installedVersion, nodePaths } from "#practice/kong/installation.ts";
import type { KongNode } from "#practice/kong/installation.ts";
import { seedPracticeEntities } from "#practice/kong/seed.ts";
import { kongRole } from "./databases.ts";
import { isAlive, isStill } from "./process-table.ts";
import type { Ports } from "./ports.ts";

const nodeNames = ["kong-1", "kong-2", "kong-old"] as const;
export type NodeName = (typeof nodeNames)[number];
/** What the practice environments run before anybody upgrades them. */
const firstVersions: Readonly<Record<NodeName, string>> = { "kong-1": "2.8.5", "kong-2": "2.8.5", "kong-old": "1.5.1" };
const databases: Readonly<Record<NodeName, string>> = { "kong-1": "kong", "kong-2": "kong", "kong-old": "kong_old" };
const commandTimeoutMs = 60_000;

/** The simulated Kong nodes with their files. */
export interface Fleet {
  readonly nodes: Readonly<Record<NodeName, KongNode>>;
  readonly packageManager: string;
  /** Faults of the simulated `kong` (see practice/kong/README.md); an empty object takes them away. */
  readonly faultsFile: string;
  /** Starts the nodes that ran when the world was last seen, all of them the first time; says which ones did not start. */
  start(): Promise<readonly string[]>;
  /** The nodes whose gateway is alive. */
  running(): Promise<readonly NodeName[]>;
  /** Ends every gateway and says which ones were running. */
  stop(): Promise<readonly NodeName[]>;
}

export interface FleetOptions {
  readonly root: string;
  readonly ports: Ports;
  readonly postgres: { readonly host: string; readonly port: number };
  readonly env: Readonly<Record<string, string>>;
  /** Which nodes to start; undefined for the first time. */
  readonly running: readonly string[] | undefined;
}

/** Installs the simulated versions and nodes; the first time also makes and fills the database, as Kong 2.8.5 would. */
export async function prepareFleet(options: FleetOptions): Promise<Fleet> {
  const { root, ports, postgres } = options;
  const faultsFile = join(root, "faults.json");
  const installation = await installKong({ root, compileCache, faultsFile });
  const entries: [NodeName, KongNode][] = [];
  for (const name of nodeNames) {
    const node = nodePaths(root, name);
    const version = await installedVersion(node.directory).catch(() => firstVersions[name]);
    const pg = { ...postgres, ...kongRole, database: databases[name] };
    entries.push([name, await createNode({ root, name, ports: ports[name], pg, version })]);
  }
  const nodes = byName(entries);
  // A fault of the last rehearsal must not surprise the next one.
  await writeFile(faultsFile, "{}\n");
  const { env } = options;
  const kong = (node: KongNode, words: readonly string[]) =>
    execa(node.kong, words, { env, extendEnv: false, timeout: commandTimeoutMs, stdin: "ignore", cwd: node.directory });

  return {
    nodes,
    packageManager: installation.packageManager,
    faultsFile,
    start: async () => {
      const url = `postgres://${kongRole.user}:${kongRole.password}@${postgres.host}:${postgres.port}/${databases["kong-1"]}`;
      if (!(await isBootstrapped(url))) {
        await kong(nodes["kong-1"], ["migrations", "bootstrap", "-c", nodes["kong-1"].conf]);
        await seedPracticeEntities(url, { host: "127.0.0.1", port: ports.upstream });
      }
      const wanted = nodeNames.filter((name) => options.running === undefined || options.running.includes(name));
      const problems = await Promise.all(wanted.map((name) => startNode(kong, nodes[name])));
      return problems.flat();
    },
    running: async () => {
      const pids = await Promise.all(nodeNames.map((name) => runningPid(nodes[name])));
      return nodeNames.filter((_, index) => pids[index] !== undefined);
    },
    stop: async () => {
      const ended = await Promise.all(nodeNames.map(async (name) => ((await endGateway(nodes[name])) ? [name] : [])));
      return ended.flat();
    },
  };
}

/** Ends the gateways that a killed world left behind under this folder, before it is removed. */
export async function endLeftGateways(root: string): Promise<void> {
  await Promise.all(nodeNames.map((name) => endGateway(nodePaths(root, name))));
}

type RunKong = (node: KongNode, words: readonly string[]) => Promise<unknown>;

/** Nodes whose gateway a killed world left serving: their ports are taken, and by us. */
export async function findLeftGateways(root: string): Promise<readonly NodeName[]> {
  const pids = await Promise.all(nodeNames.map((name) => runningPid(nodePaths(root, name))));
  return nodeNames.filter((_, index) => pids[index] !== undefined);
}

/** A gateway left over by a killed world goes on serving: it is taken over as it is. */
async function startNode(kong: RunKong, node: KongNode): Promise<readonly string[]> {
  if ((await runningPid(node)) !== undefined) return [];
  try {
    await kong(node, ["start", "-c", node.conf]);
    return [];
  } catch (error) {
    // In the middle of an upgrade a node may have good reasons; the person who practises takes it from there.
    const why = error instanceof ExecaError ? (error.stderr ?? error.shortMessage) : String(error);
    return [`${node.name} does not start: ${why.split("\n").find((line) => line.trim() !== "") ?? "no reason given"}`];
  }
}

async function isBootstrapped(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ readonly found: boolean }>(
      "select to_regclass('schema_meta') is not null as found",
    );
    return rows[0]?.found === true;
  } finally {
    await client.end();
  }
}

async function endGateway(node: Pick<KongNode, "prefix">): Promise<boolean> {
  const pid = await runningPid(node);
  if (pid === undefined) return false;
  send(pid, "SIGTERM");
  for (let waitedMs = 0; waitedMs < 1_500; waitedMs += 25) {
    if (!isAlive(pid)) return true;
    await delay(25);
  }
  send(pid, "SIGKILL");
  return true;
}

/** A process that has just ended by itself is as good as one that was ended. */
function send(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (isAlive(pid)) throw error;
  }
}

async function runningPid(node: Pick<KongNode, "prefix">): Promise<number | undefined> {
  const pid = Number(await readFile(join(node.prefix, "pids", "nginx.pid"), "utf8").catch(() => "0"));
  return (await isStill(pid, node.prefix)) ? pid : undefined;
}

function byName(entries: readonly (readonly [NodeName, KongNode])[]): Readonly<Record<NodeName, KongNode>> {
  const find = (name: NodeName): KongNode => {
    const found = entries.find(([each]) => each === name);
    if (found === undefined) throw new Error(`no node ${name}`);
    return found[1];
  };
  return { "kong-1": find("kong-1"), "kong-2": find("kong-2"), "kong-old": find("kong-old") };
}
