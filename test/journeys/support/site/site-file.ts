import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { preparePgTools } from "#practice/kong/pg-tools/prepare.ts";
import { practiceRequests } from "#practice/world/config-file.ts";
import { readEnvironments } from "#src/config/settings.ts";
import type { Environment } from "#src/plan/environment.ts";
import { siteScript } from "./hooks.ts";
import type { SiteFolders } from "./hooks.ts";
import type { Host } from "./hosts.ts";
import type { SiteDatabases } from "./site-database.ts";

export interface SiteFile {
  readonly folders: SiteFolders;
  readonly packageManager: string;
  /** Where the share of failed requests is told. */
  readonly metricsUrl: string;
  /** What the environment is called; `site` where absent. */
  readonly name?: string | undefined;
  /** Another environment that its configuration names. */
  readonly neighbour?: string | undefined;
  /** Hooks that the site does not have. */
  readonly withoutHooks: readonly string[];
  /** Longer than twice what the share of failed requests is measured over, where the way there has a downtime. */
  readonly soak: string;
  /** What the kind of installation says of itself. */
  readonly entries: Readonly<Record<string, unknown>>;
}

/** Writes the `kong-upgrade.yml` of a site and reads it as the product does. */
export async function readSiteFile(site: SiteFile): Promise<Environment> {
  const file = join(site.folders.root, "kong-upgrade.yml");
  const tools = await preparePgTools({ root: join(site.folders.root, "pg-tools"), serverVersion: 15 });
  const environment = {
    channel: "C0PRACTCE",
    backup_dir: join(site.folders.root, "backups"),
    tools: Object.fromEntries(Object.entries(tools).map(([name, { path }]) => [name, path])),
    hooks: hooksOf(site),
    smoke_tests: practiceRequests.map(({ name, path, expect }) => ({ name, path, expect })),
    soak: {
      duration: site.soak,
      sample_every: "150ms",
      metrics_url: site.metricsUrl,
      max_error_rate_increase: 0,
    },
    timeouts: { migrations: "1m", backup: "1m", command: "30s" },
    policies: { irreversible: { users: ["U0CAROL01", "U0ERIN001"], quorum: 2 } },
    ...site.entries,
  };
  const { name = "site", neighbour } = site;
  const others = neighbour === undefined ? {} : { [neighbour]: elsewhere };
  await writeFile(file, stringify({ version: 1, environments: { [name]: environment, ...others } }));
  const read = (await readEnvironments(file)).find((each) => each.name === name);
  if (read === undefined) throw new Error(`${file} holds no environment ${name}`);
  return read;
}

/** An environment that is only named; nobody reaches it from here. */
const elsewhere = {
  channel: "C0ELSE001",
  database: { host: "db.invalid" },
  nodes: [{ name: "elsewhere", admin: "http://db.invalid:8001", proxy: "http://db.invalid:8000" }],
  backup_dir: "/nonexistent",
  policies: { irreversible: { users: ["U0CAROL01"] } },
};

export interface OnDatabase {
  readonly old: readonly Host[];
  readonly fresh: readonly Host[];
  readonly databases: SiteDatabases;
  readonly hasOwnDatabase: boolean;
}

/** Nodes on a database, and the second cluster where there is one. */
export function withDatabase({ old, fresh, databases, hasOwnDatabase }: OnDatabase): Readonly<Record<string, unknown>> {
  const database = databaseEntry(databases, databases.names.old);
  if (fresh.length === 0) return { database, nodes: old.map(nodeEntry) };
  const own = hasOwnDatabase ? { database: databaseEntry(databases, databases.names.fresh) } : {};
  return {
    database,
    nodes: old.map(nodeEntry),
    green: { nodes: fresh.map(nodeEntry), ...own },
    traffic: { shares: [25, 100], observe: "500ms" },
  };
}

function databaseEntry({ host, port, role, admin }: SiteDatabases, name: string): object {
  return {
    host,
    port,
    name,
    user: role.user,
    password: { env: "KONG_PASSWORD" },
    admin: { user: admin.user, password: { env: "ADMIN_PASSWORD" } },
  };
}

function nodeEntry({ name, node, admin, proxy, status }: Host): object {
  const { kong, conf, prefix } = node;
  return { name, kong, conf, prefix, admin, proxy, status, secrets: { KONG_PG_PASSWORD: { env: "KONG_PASSWORD" } } };
}

function hooksOf({ folders, packageManager, withoutHooks }: SiteFile): object {
  const script = (...words: readonly [Parameters<typeof siteScript>[1], ...string[]]): object => {
    const [name, ...rest] = words;
    return { argv: [siteScript(folders, name), ...rest], timeout: "30s" };
  };
  const directory = join(folders.root, "nodes", "{node}");
  const hooks = {
    install: { argv: [packageManager, "install", "--node", directory, "--version", "{version}"], timeout: "30s" },
    freeze: script("freeze-config", "on"),
    unfreeze: script("freeze-config", "off"),
    provision: script("make-host", "{node}"),
    configure: script("configure-kong", "{node}"),
    shift_traffic: script("shift-traffic", "{share}"),
    drain: script("drain-node", "{node}"),
    admit: script("admit-node", "{node}"),
    decommission: script("remove-host", "{node}"),
  };
  return Object.fromEntries(Object.entries(hooks).filter(([name]) => !withoutHooks.includes(name)));
}
