import { quorumPolicy } from "#approvals/policy.ts";
import type { Person } from "#approvals/person.ts";
import type { NotChecked } from "#src/kong/assessment.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Finding } from "#src/kong/finding.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Requester } from "#src/upgrade/identity.ts";

/** Somebody of the home team whom nothing speaks against; the policies below name `S0APPROVE` and U0ERIN001. */
type KnownPerson = Extract<Person, { kind: "known" }>;

export function person(userId: string, over: Partial<KnownPerson> = {}): KnownPerson {
  return {
    kind: "known",
    userId,
    teamId: "T0ACME001",
    name: userId.toLowerCase(),
    isHomeTeam: true,
    isDeactivated: false,
    isBot: false,
    isGuest: false,
    groups: [],
    ...over,
  };
}

export const alice = person("U0ALICE01");
export const bob = person("U0BOB0001");
export const carol = person("U0CAROL01", { groups: ["S0APPROVE"] });
export const dave = person("U0DAVE001", { groups: ["S0APPROVE"] });
export const erin = person("U0ERIN001");
export const frank = person("U0FRANK01");
export const gina = person("U0GUEST01", { isGuest: true });
export const eve = person("U0EVE0X01", { isHomeTeam: false, teamId: "T0OTHER01" });
export const dora = person("U0DORA001", { isDeactivated: true, groups: ["S0APPROVE"] });
export const mallory = person("U0MALLO01", { name: "carol" });

export function inSlack(who: Person): Requester {
  return { kind: "slack", person: who };
}

/** Two traditional nodes on one database; every hook but `freeze` is there. */
export function sampleEnvironment(over: Partial<Environment> = {}): Environment {
  return {
    name: "practice",
    description: "",
    channel: "C0PRACTCE",
    edition: "oss",
    topology: "traditional",
    keyring: false,
    database: {
      host: "127.0.0.1",
      port: 5432,
      name: "kong",
      user: "kong",
      password: { env: "KONG_PG_PASSWORD" },
      admin: { user: "postgres", password: { env: "PGADMIN" }, database: "postgres" },
    },
    nodes: [sampleNode("kong-1", 8000), sampleNode("kong-2", 8100)],
    backupDir: "/var/backups/kong",
    tools: { pgDump: "pg_dump", pgRestore: "pg_restore", createdb: "createdb", dropdb: "dropdb", psql: "psql" },
    hooks: {
      install: { argv: ["/usr/bin/apt-get", "install", "-y", "kong={version}"], timeoutMs: 60_000 },
      decommission: { argv: ["/usr/bin/apt-get", "purge", "-y", "kong-old"], timeoutMs: 60_000 },
    },
    smokeTests: [{ name: "orders", method: "GET", path: "/orders", headers: {}, expectStatus: 200 }],
    soak: { durationMs: 1_000, sampleEveryMs: 100, maxErrorRateIncrease: 0.01 },
    timeouts: { migrationsMs: 600_000, backupMs: 600_000, commandMs: 60_000 },
    policies: {
      irreversible: quorumPolicy(
        { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 3_600_000 },
        { breakGlass: ["U0FRANK01"] },
      ),
    },
    operators: { users: [], groups: [] },
    ...over,
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
        text: String.raw`route users (11111111-1111-4111-8111-111111111111): paths[0] = /users/\d+`,
        what: "route",
        id: "11111111-1111-4111-8111-111111111111",
        name: "users",
        field: "paths[0]",
        value: String.raw`/users/\d+`,
      },
    ],
    count: 1,
    remedy: "Compare all paths before and after `up`.",
    byMigration: "`kong migrations up` puts ~ before these paths at once; files stay as they are.",
    source: "Kong 3.0 upgrade guide",
    ...changes,
  };
}

/** Something that only people can decide. */
export function sampleQuestion(changes: Partial<Finding> = {}): Finding {
  return sampleFinding({
    id: "30-post-targets",
    kind: "question",
    severity: "changes_behaviour",
    area: "admin-api",
    title: "Do scripts send POST to targets that exist?",
    effect: "POST updated an existing target in 2.x; 3.x answers that it exists.",
    evidence: [],
    count: 0,
    remedy: "Use PUT or PATCH.",
    source: "Kong developer docs, breaking changes 3.0",
    ...changes,
  });
}

/** The sample installation with these findings and inputs that nobody read. */
export function factsWith(findings: readonly Finding[], notChecked: readonly NotChecked[] = []): Facts {
  return sampleFacts({ assessment: { target: "3.4.2", hops: [{ from: "2.8.5", to: "3.4.2", findings, notChecked }] } });
}

/** What discovery tells of the two nodes on 2.8.5 with one regular expression that lacks its `~`. */
export function sampleFacts(over: Partial<Facts> = {}): Facts {
  const at = "2026-11-21T03:00:00.000Z";
  return {
    observedAt: at,
    nodes: [surveyedNode("kong-1"), surveyedNode("kong-2")],
    database: {
      serverVersion: "15.18",
      sizeBytes: 9_000_000,
      migrations: { state: "up_to_date", executed: { core: ["000_base", "015_270_to_280"] }, pending: {}, new: {} },
      schemaMeta: [{ subsystem: "core", executed: ["000_base", "015_270_to_280"], pending: [] }],
      counts: { services: 6, routes: 12, plugins: 8, consumers: 3 },
    },
    configuration: {},
    assessment: {
      target: "3.4.2",
      hops: [{ from: "2.8.5", to: "3.4.2", findings: [sampleFinding()], notChecked: [] }],
    },
    sources: [{ name: "kong-1: Admin API", outcome: { kind: "read", at } }],
    ...over,
  };
}

function sampleNode(name: string, port: number): Environment["nodes"][number] {
  return {
    name,
    kong: `/opt/${name}/bin/kong`,
    conf: `/etc/kong/${name}.conf`,
    prefix: `/usr/local/${name}`,
    admin: `http://127.0.0.1:${port + 1}`,
    proxy: `http://127.0.0.1:${port}`,
    env: {},
    secrets: { KONG_PG_PASSWORD: { env: "KONG_PG_PASSWORD" } },
  };
}

function surveyedNode(name: string): Facts["nodes"][number] {
  return {
    name,
    cliVersion: "2.8.5",
    admin: {
      version: "2.8.5",
      database: "postgres",
      role: "traditional",
      databaseReachable: true,
      plugins: ["key-auth", "rate-limiting"],
    },
  };
}
