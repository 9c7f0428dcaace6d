import { stringify } from "yaml";
import { kongRole } from "./databases.ts";
import type { Fleet, NodeName } from "./fleet.ts";
import type { Ports } from "./ports.ts";

/** Requests that really go through the simulated proxies, with what a healthy gateway answers in both versions. */
export const practiceRequests = [
  { name: "orders", path: "/orders", expect: 200 },
  { name: "a user's profile (regular expression)", path: "/users/42/profile", expect: 200 },
  { name: "catalog items (regular expression)", path: "/catalog/spare-parts/items", expect: 200 },
  { name: "no such route", path: "/nowhere", expect: 404 },
] as const;

/** Names of the programs that talk to PostgreSQL: real ones or practice stand-ins. */
export interface PgToolPaths {
  readonly pg_dump: string;
  readonly pg_restore: string;
  readonly createdb: string;
  readonly dropdb: string;
  readonly psql: string;
}

export interface PracticeConfig {
  readonly fleet: Fleet;
  readonly ports: Ports;
  readonly postgres: { readonly host: string; readonly port: number; readonly user: string };
  readonly tools: PgToolPaths;
  readonly backupDir: string;
  readonly soak: PracticeSoak;
}

/** How long the new version, and before it the old one, is watched; durations as in `kong-upgrade.yml`. */
export interface PracticeSoak {
  readonly duration: string;
  readonly sampleEvery: string;
  readonly baseline: string;
}

/** Of the simulated workspace (practice/README.md): one human has two accounts, and some members of groups do not count. */
const people = { marta: { slack: ["U0MARTA01", "U0MARTA02"] } };
const groups = {
  approvers: { slack: "S0APPROVE" },
  dba: { slack: "S0DBA0001" },
  "sre-leads": { slack: "S0LEADS01" },
};

/** The `kong-upgrade.yml` of the practice environments: an ordinary configuration, nothing that production could not write. */
export function practiceConfigFile(config: PracticeConfig): string {
  const environments = {
    practice: {
      description: "two simulated nodes of Kong 2.8.5 on one real PostgreSQL database",
      channel: "C0PRACTCE",
      nodes: [node(config, "kong-1"), node(config, "kong-2")],
      ...shared(config, "kong"),
    },
    legacy: {
      description: "a simulated Kong 1.5.1, too old for a direct way to 3.x",
      channel: "C0LEGACY1",
      nodes: [node(config, "kong-old")],
      ...shared(config, "kong_old"),
    },
  };
  return `# Written by \`npm run practice\`; your own goes into kong-upgrade.yml.\n${stringify({ version: 1, people, groups, environments })}`;
}

function node({ fleet, ports }: PracticeConfig, name: NodeName): object {
  const { kong, conf, prefix } = fleet.nodes[name];
  return {
    name,
    kong,
    conf,
    prefix,
    admin: `http://127.0.0.1:${ports[name].admin}`,
    proxy: `http://127.0.0.1:${ports[name].proxy}`,
    secrets: { KONG_PG_PASSWORD: { env: "PRACTICE_KONG_PASSWORD" } },
  };
}

function shared({ fleet, ports, postgres, tools, backupDir, soak }: PracticeConfig, database: string): object {
  const nodeFolder = fleet.nodes["kong-1"].directory.replace(/kong-1$/u, "{node}");
  return {
    database: {
      host: postgres.host,
      port: postgres.port,
      name: database,
      user: kongRole.user,
      password: { env: "PRACTICE_KONG_PASSWORD" },
      admin: { user: postgres.user, password: { env: "PRACTICE_ADMIN_PASSWORD" }, database: "postgres" },
    },
    backup_dir: backupDir,
    tools,
    hooks: {
      install: {
        argv: [fleet.packageManager, "install", "--node", nodeFolder, "--version", "{version}"],
        timeout: "1m",
      },
    },
    smoke_tests: practiceRequests.map(({ name, path, expect }) => ({ name, path, expect })),
    soak: {
      duration: soak.duration,
      sample_every: soak.sampleEvery,
      baseline: soak.baseline,
      metrics: { from: "prometheus", url: `http://127.0.0.1:${ports.traffic}`, queries: queriesOver("1s") },
      max_error_rate_increase: 0.02,
      // Everything shares one machine here, which may be busy with something else; and ten requests a second are few.
      max_latency_increase: { p50: { floor: "500ms" }, p95: { floor: "1s" }, p99: { floor: "2s" } },
      min_requests: 10,
    },
    timeouts: { migrations: "2m", backup: "2m", command: "1m" },
    policies: {
      irreversible: {
        any_of: ["2 of @approvers, U0ERIN001", "1 of @dba and 1 of @sre-leads"],
        expires_after: "4h",
        break_glass: ["U0OTTO001"],
      },
    },
    operators: { users: ["U0ALICE01", "U0BOB0001", "U0CAROL01", "U0DAVE001", "U0ERIN001"] },
  };
}

/**
 * What kong-upgrade asks by itself, but over one second instead of the last minute: a practice upgrade takes its nodes
 * down and watches them within less than that.
 */
function queriesOver(stretch: string): Readonly<Record<string, string>> {
  const answered = (matcher: string): string =>
    `sum(rate({__name__=~"kong_http_requests_total|kong_http_status",${matcher}}[${stretch}]))`;
  const latency = (quantile: number): string =>
    `histogram_quantile(${quantile}, sum by (le) (rate({__name__=~"kong_request_latency_ms_bucket|kong_latency_bucket",type=~"request|"}[${stretch}])))`;
  return {
    request_rate: answered('code!=""'),
    error_rate: `(${answered('code=~"5.."')} or vector(0)) / ${answered('code!=""')}`,
    p50_ms: latency(0.5),
    p95_ms: latency(0.95),
    p99_ms: latency(0.99),
  };
}
