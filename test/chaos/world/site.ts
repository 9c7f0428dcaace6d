import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { createNode, switchVersion } from "#practice/kong/installation.ts";
import type { KongNode } from "#practice/kong/installation.ts";
import { freePorts } from "#practice/world/free-ports.ts";
import { kongRole } from "#practice/world/databases.ts";
import { isAlive } from "#practice/world/process-table.ts";
import { seeProcesses, signal, signalOf } from "./process-tree.ts";
import { withClient } from "./with-client.ts";

export const oldVersion = "2.8.5";
const commandTimeoutMs = 60_000;
const restartAfterMs = 500;
/** The database may be away when a node is started again. */
const restartTries = 30;

export interface SiteOptions {
  readonly name: string;
  readonly channel: string;
  readonly nodes: readonly string[];
  readonly root: string;
  /** Port of the link that leads to PostgreSQL. */
  readonly databasePort: number;
  /** Superuser's address of a database, past every link. */
  readonly urlOf: (database: string) => string;
  /** A database as Kong 2.8.5 leaves it, to be copied. */
  readonly template: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What an installation really is, asked from outside the bot. */
export interface Truth {
  /** Newest migration of the core, such as `015_270_to_280`. */
  readonly core: string;
  readonly pending: number;
  /** Whether a migration holds the lock now. */
  readonly isLocked: boolean;
}

/** One simulated Kong installation on a database of its own, which is made anew before every upgrade. */
export interface Site {
  readonly name: string;
  readonly channel: string;
  readonly database: string;
  readonly nodes: readonly { readonly node: KongNode; readonly admin: string; readonly proxy: string }[];
  /** 2.8.5 on every node, and the database as on the first day. */
  reset(): Promise<void>;
  truth(): Promise<Truth>;
  /** Whether there is a database of its name now: on the way back it is renamed and made anew. */
  hasDatabase(): Promise<boolean>;
  /** Which version each node tells; undefined where nobody answers. */
  versions(): Promise<readonly (string | undefined)[]>;
  /** Kills, stops or wakes the gateway of the node with this number, counted round. */
  gateway(number: number, what: "kill" | "stop" | "wake"): Promise<void>;
  /** Stops the gateway of a node, as somebody at its machine would. */
  quit(name: string): Promise<void>;
  end(): Promise<void>;
}

export async function openSite(options: SiteOptions): Promise<Site> {
  const { name, root, urlOf, env } = options;
  const database = `kong_${name}`;
  const nodes = await Promise.all(
    options.nodes.map(async (each) => {
      const [proxy = 0, admin = 0, status = 0] = await freePorts(3);
      const pg = { host: "127.0.0.1", port: options.databasePort, ...kongRole, database };
      const node = await createNode({ root, name: each, ports: { proxy, admin, status }, pg, version: oldVersion });
      return { node, admin: `http://127.0.0.1:${admin}`, proxy: `http://127.0.0.1:${proxy}` };
    }),
  );
  const kong = (node: KongNode, ...words: readonly string[]) =>
    execa(node.kong, words, { env, extendEnv: false, timeout: commandTimeoutMs, stdin: "ignore", cwd: node.directory });
  return {
    name,
    channel: options.channel,
    database,
    nodes,
    reset: async () => {
      await Promise.all(nodes.map(({ node }) => endGateway(node)));
      await copyTemplate(urlOf("postgres"), database, options.template);
      for (const { node } of nodes) {
        await switchVersion(root, node.directory, oldVersion);
        await rm(node.prefix, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
      }
      await Promise.all(nodes.map(({ node }) => kong(node, "start", "-c", node.conf)));
    },
    truth: () => readTruth(urlOf(database)),
    hasDatabase: () =>
      withClient(urlOf("postgres"), async (client) => {
        const { rows } = await client.query("select 1 from pg_database where datname = $1", [database]);
        return rows.length > 0;
      }),
    versions: () => Promise.all(nodes.map(({ admin }) => versionAt(admin))),
    gateway: async (number, what) => {
      const { node } = nodes[number % nodes.length] ?? {};
      const pid = node === undefined ? undefined : await masterOf(node);
      if (node === undefined || pid === undefined) return;
      const group = [pid, ...(await seeProcesses()).filter(({ parent }) => parent === pid).map((child) => child.pid)];
      for (const each of group) signal(each, signalOf[what]);
      if (what !== "kill") return;
      await delay(restartAfterMs);
      // As a service manager would; whoever has stopped or started the node meanwhile has changed the file.
      if ((await writtenMaster(node)) !== pid) return;
      for (let tries = 0; tries < restartTries && (await masterOf(node)) === undefined; tries += 1) {
        await kong(node, "start", "-c", node.conf).catch(() => delay(restartAfterMs));
      }
    },
    quit: async (nodeName) => {
      const found = nodes.find(({ node }) => node.name === nodeName);
      if (found !== undefined) await kong(found.node, "quit", "-p", found.node.prefix);
    },
    end: async () => {
      await Promise.all(nodes.map(({ node }) => endGateway(node)));
    },
  };
}

async function copyTemplate(superuserUrl: string, database: string, template: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      "select datname from pg_database where datname = $1 or datname like $2",
      [database, `${database}\\_%`],
    );
    for (const { datname } of rows) await client.query(`drop database if exists "${datname}" with (force)`);
    await client.query(`create database "${database}" template "${template}" owner ${kongRole.user}`);
  });
}

async function readTruth(url: string): Promise<Truth> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ subsystem: string; executed: string[] | null; pending: string[] | null }>(
      "select subsystem, executed, pending from schema_meta",
    );
    const locks = await client.query(
      "select 1 from locks where key = 'migrations' and ttl > current_timestamp at time zone 'utc'",
    );
    const core = rows.find(({ subsystem }) => subsystem === "core");
    return {
      core: [...(core?.executed ?? []), ...(core?.pending ?? [])].toSorted().at(-1) ?? "none",
      pending: rows.reduce((sum, { pending }) => sum + (pending?.length ?? 0), 0),
      isLocked: locks.rows.length > 0,
    };
  });
}

async function versionAt(admin: string): Promise<string | undefined> {
  const answer = await fetch(admin, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
  return /^kong\/(\S+)/u.exec(answer?.headers.get("server") ?? "")?.[1];
}

async function writtenMaster({ prefix }: KongNode): Promise<number | undefined> {
  const pid = Number(await readFile(join(prefix, "pids", "nginx.pid"), "utf8").catch(() => "0"));
  return pid > 0 ? pid : undefined;
}

/** The master of a node, if that process is there and is one. */
async function masterOf(node: KongNode): Promise<number | undefined> {
  const pid = await writtenMaster(node);
  const process = (await seeProcesses()).find((each) => each.pid === pid);
  return process?.command.includes(node.prefix) === true ? process.pid : undefined;
}

/** Every gateway of this prefix, also one that lost its pid file. */
async function endGateway(node: KongNode): Promise<void> {
  const mine = (await seeProcesses()).filter(({ command }) => command.includes(`--prefix ${node.prefix} `));
  for (const { pid } of mine) signal(pid, "SIGKILL");
  while (mine.some(({ pid }) => isAlive(pid))) await delay(20);
}
