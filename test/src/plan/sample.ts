import { quorumPolicy } from "#approvals/policy.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Finding } from "#src/kong/finding.ts";
import type { Environment } from "#src/plan/environment.ts";

/** Core migrations of 2.8.5 as `schema_meta` holds them, shortened to the last ones. */
const executed = ["000_base", "014_230_to_270", "015_270_to_280"];

/** A traditional installation of two nodes with every hook, as a team would configure it. */
export function sampleEnvironment(changes: Partial<Environment> = {}): Environment {
  return {
    name: "practice",
    description: "Two nodes on one database",
    channel: "C0PRACTCE",
    edition: "oss",
    topology: "traditional",
    database: {
      host: "127.0.0.1",
      port: 5432,
      name: "kong",
      user: "kong",
      password: { env: "KONG_DB_PASSWORD" },
      admin: { user: "postgres", password: { file: "/etc/kong-upgrade/admin-password" }, database: "postgres" },
    },
    nodes: ["kong-1", "kong-2"].map((name, index) => ({
      name,
      kong: `/srv/nodes/${name}/bin/kong`,
      conf: `/srv/nodes/${name}/kong.conf`,
      prefix: `/srv/nodes/${name}/prefix`,
      admin: `http://127.0.0.1:${8001 + index * 100}`,
      proxy: `http://127.0.0.1:${8000 + index * 100}`,
      env: { KONG_LOG_LEVEL: "notice" },
      secrets: {},
    })),
    backupDir: "/var/backups/kong-upgrade",
    keyring: false,
    tools: { pgDump: "pg_dump", pgRestore: "pg_restore", createdb: "createdb", dropdb: "dropdb", psql: "psql" },
    hooks: {
      install: { argv: ["/usr/local/bin/install-kong", "{node}", "{version}"], timeoutMs: 120_000 },
      freeze: { argv: ["/usr/local/bin/freeze-config", "on"], timeoutMs: 30_000 },
      unfreeze: { argv: ["/usr/local/bin/freeze-config", "off"], timeoutMs: 30_000 },
      decommission: { argv: ["/usr/local/bin/remove-kong", "{node}", "{from}"], timeoutMs: 120_000 },
    },
    smokeTests: [{ name: "orders answer", method: "GET", path: "/orders/1", headers: {}, expectStatus: 200 }],
    soak: {
      durationMs: 60_000,
      sampleEveryMs: 5_000,
      metricsUrl: "http://127.0.0.1:9090/",
      maxErrorRateIncrease: 0.01,
    },
    timeouts: { migrationsMs: 600_000, backupMs: 300_000, commandMs: 60_000 },
    policies: {
      irreversible: quorumPolicy({ users: [], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 3_600_000 }),
    },
    operators: { users: [], groups: [] },
    ...changes,
  };
}

/** A route whose regular expression lacks its `~`. */
export function sampleFinding(changes: Partial<Finding> = {}): Finding {
  return {
    id: "30-route-regex-tilde",
    kind: "finding",
    severity: "breaks_traffic",
    area: "router",
    title: "Regex paths need a leading ~",
    effect: "From 3.0 on a path without ~ is plain text, so these routes would match nothing any more.",
    evidence: [
      {
        text: String.raw`route orders (11111111-1111-4111-8111-111111111111): paths[0] = /orders/\d+`,
        what: "route",
        id: "11111111-1111-4111-8111-111111111111",
        name: "orders",
        field: "paths[0]",
        value: String.raw`/orders/\d+`,
      },
    ],
    count: 1,
    remedy: "Compare all paths before and after `up`.",
    byMigration: "`kong migrations up` puts ~ before these paths at once; files stay as they are.",
    source: "Kong 3.0 upgrade guide",
    ...changes,
  };
}

/** The facts of that installation on 2.8.5, with one route that trips a hazard. */
export function sampleFacts(changes: Partial<Facts> = {}): Facts {
  return {
    observedAt: "2026-11-21T03:00:00.000Z",
    nodes: ["kong-1", "kong-2"].map((name) => sampleNode(name, "2.8.5")),
    database: sampleDatabase(),
    configuration: { database: "postgres" },
    assessment: {
      target: "3.4.2",
      hops: [{ from: "2.8.5", to: "3.4.2", findings: [sampleFinding()], notChecked: [] }],
    },
    sources: [
      { name: "kong-1: Admin API", outcome: { kind: "read", at: "2026-11-21T03:00:00.000Z" } },
      { name: "kong-1: kong.conf", outcome: { kind: "read", at: "2026-11-21T03:00:00.000Z" } },
    ],
    ...changes,
  };
}

export function sampleNode(name: string, version: string): Facts["nodes"][number] {
  return {
    name,
    cliVersion: version,
    admin: { version, database: "postgres", role: "traditional", databaseReachable: true, plugins: ["key-auth"] },
  };
}

export function sampleDatabase(changes: Partial<NonNullable<Facts["database"]>> = {}): NonNullable<Facts["database"]> {
  return {
    serverVersion: "15.18 (Debian 15.18-0+deb12u1)",
    sizeBytes: 12_000_000,
    migrations: { state: "up_to_date", executed: { core: executed }, pending: {}, new: {} },
    schemaMeta: [{ subsystem: "core", executed, pending: [] }],
    counts: { routes: 1, services: 1 },
    ...changes,
  };
}

/** What every hook of a site could look like. */
export const sampleHooks: Required<Environment["hooks"]> = {
  ...requiredHooks(),
  start: { argv: ["/usr/local/bin/kong-service", "start", "{node}"], timeoutMs: 60_000 },
  stop: { argv: ["/usr/local/bin/kong-service", "stop", "{node}"], timeoutMs: 90_000 },
  drain: { argv: ["/usr/local/bin/drain", "{node}"], timeoutMs: 60_000 },
  shiftTraffic: { argv: ["/usr/local/bin/shift-traffic", "--new", "{share}"], timeoutMs: 60_000 },
  admit: { argv: ["/usr/local/bin/drain", "--undo", "{node}"], timeoutMs: 60_000 },
  provision: { argv: ["/usr/local/bin/make-host", "{node}"], timeoutMs: 900_000 },
  configure: { argv: ["/usr/local/bin/configure-kong", "{node}", "{version}"], timeoutMs: 120_000 },
};

function requiredHooks(): Pick<Required<Environment["hooks"]>, "install" | "freeze" | "unfreeze" | "decommission"> {
  const { install, freeze, unfreeze, decommission } = sampleEnvironment().hooks;
  if (install === undefined || freeze === undefined || unfreeze === undefined || decommission === undefined)
    throw new Error("the sample lacks a hook");
  return { install, freeze, unfreeze, decommission };
}

/** A second cluster of two nodes on hosts of their own. */
export const greenNodes: Environment["nodes"] = ["green-1", "green-2"].map((name, index) => ({
  name,
  kong: `/srv/nodes/${name}/bin/kong`,
  conf: `/srv/nodes/${name}/kong.conf`,
  prefix: `/srv/nodes/${name}/prefix`,
  admin: `http://127.0.0.1:${9001 + index * 100}`,
  proxy: `http://127.0.0.1:${9000 + index * 100}`,
  env: {},
  secrets: {},
}));

/** The second cluster's own database server. */
export const greenDatabase: NonNullable<Environment["database"]> = {
  host: "db-green.internal",
  port: 5432,
  name: "kong",
  user: "kong",
  password: { env: "GREEN_DB_PASSWORD" },
  admin: { user: "postgres", password: { env: "GREEN_ADMIN_PASSWORD" }, database: "postgres" },
};
