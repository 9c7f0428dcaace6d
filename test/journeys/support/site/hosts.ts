import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { createNode, nodePaths } from "#practice/kong/installation.ts";
import type { KongNode, KongNodePorts } from "#practice/kong/installation.ts";
import { isAlive, isStill } from "#practice/world/process-table.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { freePorts } from "./free-ports.ts";
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
  const address = (key: keyof KongNodePorts): string => `http://127.0.0.1:${ports[key]}`;
  return { name, node, admin: address("admin"), proxy: address("proxy"), status: address("status") };
}

/** A host that somebody still has to make; its kong.conf waits in `drafts`. */
export async function draftHost(wish: HostWish): Promise<Host> {
  const host = await makeHost(wish);
  await mkdir(join(wish.root, "drafts"), { recursive: true });
  await rename(host.node.conf, join(wish.root, "drafts", `${wish.name}.conf`));
  await rm(host.node.directory, { recursive: true });
  return host;
}

async function threePorts(): Promise<KongNodePorts> {
  const [proxy = 0, admin = 0, status = 0] = await freePorts(3);
  return { proxy, admin, status };
}

const rootAnswer = z.object({ version: z.string() });

/** The version that an Admin API tells; undefined where nobody answers. */
export async function servedVersion({ admin }: Host): Promise<string | undefined> {
  try {
    const answer = await fetch(admin, { signal: AbortSignal.timeout(5_000) });
    return rootAnswer.parse(await answer.json()).version;
  } catch {
    return undefined;
  }
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
