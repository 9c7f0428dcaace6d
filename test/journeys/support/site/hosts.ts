import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createNode, nodePaths } from "#practice/kong/installation.ts";
import type { KongNode, KongNodePorts } from "#practice/kong/installation.ts";
import { isAlive, isStill } from "#practice/world/process-table.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { freePorts } from "#practice/world/free-ports.ts";
import type { SiteDatabases } from "./site-database.ts";

/** A host: its node's files and addresses. It need not exist yet. */
export interface Host {
  readonly name: string;
  readonly node: KongNode;
  readonly admin: string;
  readonly proxy: string;
  readonly status: string;
}

export interface HostWish {
  readonly root: string;
  readonly name: string;
  readonly version: string;
  readonly databases: SiteDatabases;
  /** The database in its kong.conf. */
  readonly database: string;
}

/** A host with an installed Kong that is not started. */
export async function makeHost({ root, name, version, databases, database }: HostWish): Promise<Host> {
  const ports = await threePorts();
  const { host, port, role } = databases;
  const node = await createNode({ root, name, ports, pg: { host, port, ...role, database }, version });
  return hostOf(name, node, ports);
}

/** A host that somebody still has to make; its kong.conf waits in `drafts`. */
export async function draftHost(wish: HostWish): Promise<Host> {
  const host = await makeHost(wish);
  await mkdir(join(wish.root, "drafts"), { recursive: true });
  await rename(host.node.conf, join(wish.root, "drafts", `${wish.name}.conf`));
  await rm(host.node.directory, { recursive: true });
  return host;
}

/** A host whose node loads a file instead of a database; like a data plane it has no Admin API. */
export async function makeDblessHost(
  wish: Omit<HostWish, "databases" | "database"> & { readonly file: string },
): Promise<Host> {
  const nowhere = { host: "127.0.0.1", port: 1, user: "none", password: "none", database: "none" };
  const ports = await threePorts();
  const node = await createNode({ root: wish.root, name: wish.name, ports, pg: nowhere, version: wish.version });
  const lines = (await readFile(node.conf, "utf8"))
    .split("\n")
    .filter((line) => !/^(?:pg_|database |admin_listen )/u.test(line));
  const own = ["database = off", "admin_listen = off", `declarative_config = ${wish.file}`];
  await writeFile(node.conf, [...lines, ...own, ""].join("\n"), { mode: 0o600 });
  return hostOf(wish.name, node, ports);
}

function hostOf(name: string, node: KongNode, ports: KongNodePorts): Host {
  const address = (key: keyof KongNodePorts): string => `http://127.0.0.1:${ports[key]}`;
  return { name, node, admin: address("admin"), proxy: address("proxy"), status: address("status") };
}

async function threePorts(): Promise<KongNodePorts> {
  const [proxy = 0, admin = 0, status = 0] = await freePorts(3);
  return { proxy, admin, status };
}

/** The version that a node's status API tells; undefined where nobody answers. */
export async function servedVersion({ status }: Host): Promise<string | undefined> {
  const answer = await fetch(`${status}/status`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  return /^kong\/(\S+)/u.exec(answer?.headers.get("server") ?? "")?.[1];
}

/** Ends every gateway that still runs on a host of this site. */
export async function endGateways(root: string): Promise<void> {
  const names = await readdir(join(root, "nodes")).catch(() => []);
  await Promise.all(names.map((name) => endGateway(nodePaths(root, name))));
}

async function endGateway({ prefix }: KongNode): Promise<void> {
  const pid = Number(await readFile(join(prefix, "pids", "nginx.pid"), "utf8").catch(() => "0"));
  if (!(await isStill(pid, prefix))) return;
  process.kill(pid, "SIGTERM");
  await waitUntil(`the gateway ${pid} to end`, async () => !isAlive(pid));
}
