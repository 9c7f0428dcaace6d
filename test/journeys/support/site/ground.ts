import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { installKong } from "#practice/kong/installation.ts";
import { compileCache } from "#practice/world/compile-cache.ts";
import { startTraffic } from "#practice/kong/traffic/traffic.ts";
import type { Traffic } from "#practice/kong/traffic/traffic.ts";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import { practiceRequests } from "#practice/world/config-file.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import { siteScript, writeSiteScripts } from "./hooks.ts";
import type { SiteFolders, SiteScript } from "./hooks.ts";
import { endGateways, servedVersion } from "./hosts.ts";
import type { Host } from "./hosts.ts";
import { startLoadBalancer } from "./load-balancer.ts";
import type { LoadBalancer } from "./load-balancer.ts";

const commandTimeoutMs = 60_000;
/** Enough for a soak of half a second to say something. */
const requestsPerSecond = 30;

/** What an upgrade is executed with. */
export interface Place {
  readonly environment: Environment;
  readonly folders: SiteFolders;
  resolveSecret(ref: SecretRef): Promise<string>;
}

/** A simulated installation with everything around it: hosts, load balancer, clients, the site's own commands. */
export interface Surroundings extends Place {
  readonly balancer: LoadBalancer;
  readonly traffic: Traffic;
  host(name: string): Host;
  /** The version that each node tells; undefined where nobody answers. */
  serves(...nodes: readonly string[]): Promise<readonly (string | undefined)[]>;
  /** Does by hand what one of the site's commands does. */
  does(script: SiteScript, ...words: readonly string[]): Promise<void>;
  installs(node: string, version: string): Promise<void>;
  /** Whether configuration writes are forbidden. */
  isFrozen(): boolean;
  /** Lets simulated commands fail (practice/kong/README.md); an empty object takes that away. */
  breaks(faults: Readonly<Record<string, object>>): Promise<void>;
}

/** Folders, packages and an upstream: what there is before any node. */
export interface Ground {
  readonly folders: SiteFolders;
  readonly packageManager: string;
  readonly upstreamPort: number;
}

export async function prepareGround(stack: AsyncDisposableStack): Promise<Ground> {
  const root = await mkdtemp(join(tmpdir(), "kong-site-"));
  stack.defer(() => rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  stack.defer(() => endGateways(root));
  const folders = { root, balancer: join(root, "balancer") };
  await writeSiteScripts(folders);
  const faultsFile = join(root, "faults.json");
  await writeFile(faultsFile, "{}\n");
  const { packageManager } = await installKong({ root, compileCache, faultsFile });
  const upstream = await startUpstream({ port: 0 });
  stack.defer(() => upstream.stop());
  return { folders, packageManager, upstreamPort: upstream.port };
}

export interface Hosts {
  readonly old: readonly Host[];
  readonly fresh: readonly Host[];
}

/** Load balancer and clients in front of nodes that serve by now. */
export async function openTraffic(
  stack: AsyncDisposableStack,
  { folders }: Ground,
  hosts: Hosts,
): Promise<Pick<Surroundings, "balancer" | "traffic"> & { readonly metricsUrl: string }> {
  const balancer = await startLoadBalancer({ settings: folders.balancer, ...hosts });
  stack.defer(() => balancer.stop());
  const traffic = await startTraffic({
    port: 0,
    nodes: [{ name: "clients", proxy: `http://127.0.0.1:${balancer.port}` }],
    requests: practiceRequests.map(({ path, expect }) => ({ path, expect: [expect] })),
    perSecond: requestsPerSecond,
  });
  stack.defer(() => traffic.stop());
  return { balancer, traffic, metricsUrl: `http://127.0.0.1:${traffic.port}/total?window=1` };
}

/** What people and their commands can do at a site. */
export function deedsOf(
  { folders, packageManager }: Ground,
  { old, fresh }: Hosts,
): Pick<Surroundings, "host" | "serves" | "does" | "installs" | "isFrozen" | "breaks"> {
  const host = (name: string): Host => {
    const found = [...old, ...fresh].find((each) => each.name === name);
    if (found === undefined) throw new Error(`the site has no host ${name}`);
    return found;
  };
  return {
    host,
    serves: (...nodes) => Promise.all(nodes.map((name) => servedVersion(host(name)))),
    does: (script, ...words) => run(siteScript(folders, script), words),
    installs: (node, version) =>
      run(packageManager, ["install", "--node", host(node).node.directory, "--version", version]),
    isFrozen: () => existsSync(join(folders.root, "frozen")),
    breaks: (faults) => writeFile(join(folders.root, "faults.json"), JSON.stringify(faults)),
  };
}

/** Runs a command as a person would, without any variables of ours. */
export async function run(file: string, words: readonly string[]): Promise<void> {
  await execa(file, words, { timeout: commandTimeoutMs, stdin: "ignore" });
}
