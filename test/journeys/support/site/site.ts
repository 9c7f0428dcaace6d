import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { installKong } from "#practice/kong/installation.ts";
import { seedPracticeEntities } from "#practice/kong/seed.ts";
import { startTraffic } from "#practice/kong/traffic/traffic.ts";
import type { Traffic } from "#practice/kong/traffic/traffic.ts";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import { practiceRequests } from "#practice/world/config-file.ts";
import type { Environment, SecretRef } from "#src/plan/environment.ts";
import { siteScript, writeSiteScripts } from "./hooks.ts";
import type { SiteFolders, SiteScript } from "./hooks.ts";
import { draftHost, endGateways, makeHost, servedVersion } from "./hosts.ts";
import type { Host } from "./hosts.ts";
import { startLoadBalancer } from "./load-balancer.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { createSiteDatabases } from "./site-database.ts";
import type { SiteDatabases } from "./site-database.ts";
import { readSiteFile } from "./site-file.ts";

const commandTimeoutMs = 60_000;
/** Enough for a soak of half a second to say something. */
const requestsPerSecond = 30;

export interface SiteWish {
  /** What the old nodes run. */
  readonly version: string;
  readonly old: readonly string[];
  readonly fresh?: readonly string[];
  /** Whether the second cluster gets a database of its own. */
  readonly hasOwnDatabase?: boolean;
  /** Hooks that the site does not have: a person does it. */
  readonly withoutHooks?: readonly string[];
  /** More of `kong-upgrade.yml`, laid over what the site writes. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** One simulated installation with everything around it: hosts, load balancer, clients, the site's own commands. */
export interface Site extends AsyncDisposable {
  readonly folders: SiteFolders;
  readonly environment: Environment;
  readonly databases: SiteDatabases;
  readonly balancer: LoadBalancer;
  readonly traffic: Traffic;
  resolveSecret(ref: SecretRef): Promise<string>;
  /** The version that each node's Admin API tells; undefined where nobody answers. */
  serves(...nodes: readonly string[]): Promise<readonly (string | undefined)[]>;
  host(name: string): Host;
  /** Does by hand what one of the site's commands does. */
  does(script: SiteScript, ...words: readonly string[]): Promise<void>;
  installs(node: string, version: string): Promise<void>;
  /** Whether configuration writes are forbidden. */
  isFrozen(): boolean;
}

/** Makes the hosts of the old cluster, fills its database as Kong 2.8 would have, starts everything. */
export async function openSite(wish: SiteWish): Promise<Site> {
  await using stack = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), "kong-site-"));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const folders = { root, balancer: join(root, "balancer") };
  const databases = stack.use(await createSiteDatabases());
  stack.defer(() => endGateways(root));
  await writeSiteScripts(folders);
  const { packageManager } = await installKong({ root, compileCache: join(tmpdir(), "kong-site-compile-cache") });
  const upstream = await startUpstream({ port: 0 });
  stack.defer(() => upstream.stop());

  const { names } = databases;
  const hasOwnDatabase = wish.hasOwnDatabase === true;
  const common = { root, databases, version: wish.version };
  const old = await Promise.all(wish.old.map((name) => makeHost({ ...common, name, database: names.old })));
  const freshDatabase = hasOwnDatabase ? names.fresh : names.old;
  const fresh = await Promise.all(
    (wish.fresh ?? []).map((name) => draftHost({ ...common, name, database: freshDatabase })),
  );
  await startCluster(old, databases, upstream.port);

  const balancer = await startLoadBalancer({ settings: folders.balancer, old, fresh });
  stack.defer(() => balancer.stop());
  const traffic = await startTraffic({
    port: 0,
    nodes: [{ name: "clients", proxy: `http://127.0.0.1:${balancer.port}` }],
    requests: practiceRequests.map(({ path, expect }) => ({ path, expect: [expect] })),
    perSecond: requestsPerSecond,
  });
  stack.defer(() => traffic.stop());
  const environment = await readSiteFile({
    folders,
    packageManager,
    old,
    fresh,
    databases,
    hasOwnDatabase,
    metricsUrl: `http://127.0.0.1:${traffic.port}/total?window=1`,
    withoutHooks: wish.withoutHooks ?? [],
    more: wish.more ?? {},
  });

  const host = (name: string): Host => {
    const found = [...old, ...fresh].find((each) => each.name === name);
    if (found === undefined) throw new Error(`the site has no host ${name}`);
    return found;
  };
  const closing = stack.move();
  return {
    folders,
    environment,
    databases,
    balancer,
    traffic,
    resolveSecret: secretsOf(databases),
    serves: (...nodes) => Promise.all(nodes.map((name) => servedVersion(host(name)))),
    host,
    does: (script, ...words) => run(siteScript(folders, script), words),
    installs: (node, version) =>
      run(packageManager, ["install", "--node", host(node).node.directory, "--version", version]),
    isFrozen: () => existsSync(join(root, "frozen")),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function startCluster(hosts: readonly Host[], databases: SiteDatabases, upstreamPort: number): Promise<void> {
  const { host, port, role, names } = databases;
  const [first] = hosts;
  if (first === undefined) throw new Error("a cluster needs a node");
  await run(first.node.kong, ["migrations", "bootstrap", "-c", first.node.conf]);
  const url = `postgres://${role.user}:${role.password}@${host}:${port}/${names.old}`;
  await seedPracticeEntities(url, { host: "127.0.0.1", port: upstreamPort });
  await Promise.all(hosts.map(({ node }) => run(node.kong, ["start", "-c", node.conf])));
}

function secretsOf({ role, admin }: SiteDatabases): Site["resolveSecret"] {
  const values: Readonly<Record<string, string>> = { KONG_PASSWORD: role.password, ADMIN_PASSWORD: admin.password };
  return async (ref) => {
    const value = "env" in ref ? values[ref.env] : undefined;
    if (value === undefined) throw new Error(`no secret ${JSON.stringify(ref)}`);
    return value;
  };
}

async function run(file: string, words: readonly string[]): Promise<void> {
  await execa(file, words, { timeout: commandTimeoutMs, stdin: "ignore" });
}
