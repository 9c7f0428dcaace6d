import { seedPracticeEntities } from "#practice/kong/seed.ts";
import { deedsOf, openTraffic, prepareGround, run } from "./ground.ts";
import type { Place, Surroundings } from "./ground.ts";
import { draftHost, makeHost } from "./hosts.ts";
import type { Host } from "./hosts.ts";
import { createSiteDatabases } from "./site-database.ts";
import type { SiteDatabases } from "./site-database.ts";
import { readSiteFile, withDatabase } from "./site-file.ts";

export interface SiteWish {
  /** What the environment is called; `site` where absent. */
  readonly name?: string;
  /** Another environment that its configuration names. */
  readonly neighbour?: string;
  /** What the old nodes run. */
  readonly version: string;
  readonly old: readonly string[];
  readonly fresh?: readonly string[];
  /** Whether the second cluster gets a database of its own. */
  readonly hasOwnDatabase?: boolean;
  /** Hooks that the site does not have: a person does it. */
  readonly withoutHooks?: readonly string[];
  /** How long the new version is watched; half a second where absent. */
  readonly soak?: string;
  /** More of `kong-upgrade.yml`, laid over what the site writes. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** An installation whose nodes share a PostgreSQL database. */
export interface Site extends Surroundings {
  readonly databases: SiteDatabases;
  /** Where the services of the site lead. */
  readonly upstreamPort: number;
}

/** Makes the hosts of the old cluster, fills its database as Kong 2.8 would have, starts everything. */
export async function openSite(wish: SiteWish): Promise<Site & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const databases = stack.use(await createSiteDatabases());
  const ground = await prepareGround(stack);
  const { names } = databases;
  const hasOwnDatabase = wish.hasOwnDatabase === true;
  const common = { root: ground.folders.root, databases, version: wish.version };
  const old = await Promise.all(wish.old.map((name) => makeHost({ ...common, name, database: names.old })));
  const freshDatabase = hasOwnDatabase ? names.fresh : names.old;
  const fresh = await Promise.all(
    (wish.fresh ?? []).map((name) => draftHost({ ...common, name, database: freshDatabase })),
  );
  await startCluster(old, databases, ground.upstreamPort);

  const hosts = { old, fresh };
  const { metricsUrl, ...traffic } = await openTraffic(stack, ground, hosts);
  const { packageManager, folders } = ground;
  const environment = await readSiteFile({
    folders,
    packageManager,
    metricsUrl,
    name: wish.name,
    neighbour: wish.neighbour,
    withoutHooks: wish.withoutHooks ?? [],
    soak: wish.soak ?? "500ms",
    entries: { ...withDatabase({ old, fresh, databases, hasOwnDatabase }), ...wish.more },
  });
  const closing = stack.move();
  return {
    folders,
    environment,
    databases,
    upstreamPort: ground.upstreamPort,
    ...traffic,
    ...deedsOf(ground, hosts),
    resolveSecret: secretsOf(databases),
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

function secretsOf({ role, admin }: SiteDatabases): Place["resolveSecret"] {
  const values: Readonly<Record<string, string>> = { KONG_PASSWORD: role.password, ADMIN_PASSWORD: admin.password };
  return async (ref) => {
    const value = "env" in ref ? values[ref.env] : undefined;
    if (value === undefined) throw new Error(`no secret ${JSON.stringify(ref)}`);
    return value;
  };
}
