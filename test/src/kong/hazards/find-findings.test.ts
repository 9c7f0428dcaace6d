import { describe, expect, test } from "vitest";
import type { Facts, PluginFacts } from "#src/kong/facts.ts";
import { severities } from "#src/kong/finding.ts";
import { hazards } from "#src/kong/hazards/catalogue.ts";
import { concerns, findFindings } from "#src/kong/hazards/find-findings.ts";
import type { Hazard, Hop } from "#src/kong/hazards/hazard.ts";
import { parseVersion } from "#src/kong/version.ts";

const at = "2026-11-21T03:00:00.000Z";

/** An installation that no evidence-based hazard hits: every key is set, nothing is in use. */
const quiet: Facts = {
  observedAt: at,
  nodes: [],
  database: { serverVersion: "15.18", sizeBytes: 1_000, canCreateTables: true, schemaMeta: [], counts: { targets: 0 } },
  routes: [{ id: "r1", name: "plain", paths: ["/plain"], pathHandling: "v0", protocols: ["http"] }],
  plugins: [plugin("key-auth", { key_names: ["apikey"] })],
  configuration: {
    database: "postgres",
    worker_consistency: "eventual",
    lua_ssl_trusted_certificate: "system",
    router_flavor: "traditional_compatible",
    allow_debug_header: "off",
    admin_gui_listen: "off",
    status_listen: "off",
    dns_stale_ttl: "4",
  },
  sources: [{ name: "kong-1: kong.conf", outcome: { kind: "read", at } }],
};

function plugin(name: string, config: Record<string, unknown> = {}): PluginFacts {
  return { id: `id-${name}`, name, enabled: true, scope: "global", config };
}

const withPath = (path: string): Facts => ({
  ...quiet,
  routes: [{ id: "r1", name: "hit", paths: [path], protocols: ["http"] }],
});
const withPlugin = (name: string, config?: Record<string, unknown>): Facts => ({
  ...quiet,
  plugins: [plugin(name, config)],
});
const withSetting = (key: string, value: string): Facts => ({
  ...quiet,
  configuration: { ...quiet.configuration, [key]: value },
});
const without = (key: string): Facts => ({
  ...quiet,
  configuration: Object.fromEntries(Object.entries(quiet.configuration).filter(([name]) => name !== key)),
});
const withDatabase = (changes: Partial<NonNullable<Facts["database"]>>): Facts => ({
  ...quiet,
  database: { serverVersion: "15.18", sizeBytes: 1_000, schemaMeta: [], counts: { targets: 0 }, ...changes },
});

/** Every hazard with evidence: facts that it hits, and the versions between which it lies. */
const hits: Readonly<Record<string, readonly [Facts, string, string]>> = {
  "30-route-regex-tilde": [withPath(String.raw`/users/\d+`), "2.8.5", "3.4.2"],
  "30-up-breaks-old-nodes": [withPath(String.raw`/users/\d+`), "2.8.1", "3.4.2"],
  "30-route-double-tilde": [withPath(String.raw`~/users/\d+`), "2.8.5", "3.4.2"],
  "30-route-percent-encoding": [withPath("/caf%C3%A9/(.*)"), "2.8.5", "3.4.2"],
  "30-plain-path-normalised": [withPath("/a%7Eb"), "2.8.5", "3.4.2"],
  "30-regex-lookaround": [withPath("/(?!admin).*"), "2.8.5", "3.4.2"],
  "30-regex-rust-escapes": [withPath(String.raw`/a\/b(.*)`), "2.8.5", "3.4.2"],
  "30-path-handling-v1": [
    { ...quiet, routes: [{ id: "r1", paths: ["/a"], pathHandling: "v1", protocols: [] }] },
    "2.8.5",
    "3.4.2",
  ],
  "33-several-paths": [{ ...quiet, routes: [{ id: "r1", paths: ["/a", "/ab"], protocols: [] }] }, "2.8.5", "3.4.2"],
  "37-pcre2": [withPath(String.raw`~/users/\d+`), "3.6.1", "3.7.1"],
  "30-whitelist-blacklist": [withPlugin("acl", { whitelist: ["admins"] }), "2.8.5", "3.4.2"],
  "30-http-log-headers": [withPlugin("http-log", { headers: { "X-Team": ["a", "b"] } }), "2.8.5", "3.4.2"],
  "30-lambda-region": [withPlugin("aws-lambda", { aws_region: null }), "2.8.5", "3.4.2"],
  "30-lambda-fields": [withPlugin("aws-lambda", { aws_region: "eu-west-1", proxy_scheme: "https" }), "2.8.5", "3.4.2"],
  "30-acme-vault-auth": [
    withPlugin("acme", { storage: "vault", storage_config: { vault: { auth_method: null } } }),
    "2.8.5",
    "3.4.2",
  ],
  "30-credential-username": [
    withPlugin("request-transformer", { remove: { headers: ["X-Credential-Username"] } }),
    "2.8.5",
    "3.4.2",
  ],
  "31-request-termination-status": [withPlugin("request-termination", { status_code: null }), "2.8.5", "3.4.2"],
  "32-jwt-two-tokens": [withPlugin("jwt", { cookie_names: ["token"] }), "2.8.5", "3.4.2"],
  "32-oauth2-refresh-ttl": [withPlugin("oauth2", { refresh_token_ttl: 200_000_000 }), "2.8.5", "3.4.2"],
  "34-referenceable-fields": [withPlugin("http-log", { http_endpoint: "{vault://env/x}" }), "2.8.5", "3.4.2"],
  "36-redis-fields": [withPlugin("rate-limiting", { redis_host: "redis" }), "3.5.0", "3.6.1"],
  "36-azure-functions": [withPlugin("azure-functions"), "3.5.0", "3.6.1"],
  "38-correlation-generator": [withPlugin("correlation-id", { generator: null }), "3.7.1", "3.8.1"],
  "30-syslog-facility": [withPlugin("syslog", { facility: null }), "2.8.5", "3.4.2"],
  "32-proxy-cache-content-type": [withPlugin("proxy-cache", { content_type: ["text/*"] }), "2.8.5", "3.4.2"],
  "30-lua-declarative": [withSetting("declarative_config", "/etc/kong/kong.lua"), "2.8.5", "3.4.2"],
  "30-opentracing": [withSetting("nginx_http_opentracing", "on"), "2.8.5", "3.4.2"],
  "31-go-plugins": [withSetting("pluginserver_names", "go-hello"), "2.8.5", "3.4.2"],
  "32-tracing-keys": [withSetting("opentelemetry_tracing", "all"), "3.1.1", "3.2.2"],
  "33-tracing-rate": [withSetting("tracing_instrumentations", "all"), "3.2.2", "3.3.1"],
  "34-admin-api-uri": [withSetting("admin_api_uri", "https://admin"), "2.8.4.14", "3.4.3.29"],
  "any-custom-plugin": [withPlugin("acme-corp-auth"), "2.8.5", "3.4.2"],
  "30-serverless-functions": [withPlugin("pre-function", { functions: ["return"] }), "2.8.5", "3.4.2"],
  "30-jwt-token-context": [
    withPlugin("post-function", { access: ["local t = ngx.ctx.authenticated_jwt_token"] }),
    "2.8.5",
    "3.4.2",
  ],
  "33-serverless-cache": [withPlugin("pre-function", { access: ["kong.cache:get('x')"] }), "2.8.5", "3.4.2"],
  "36-repeated-headers": [withPlugin("pre-function", { access: ["return ngx.var.http_cookie"] }), "3.5.0", "3.6.1"],
  "33-plugin-queues": [withPlugin("http-log", { retry_count: 3, queue_size: 1 }), "2.8.5", "3.4.2"],
  "33-http-log-redirects": [withPlugin("http-log", { http_endpoint: "http://logs" }), "2.8.5", "3.4.2"],
  "34-queue-integers": [withPlugin("datadog", { queue: { max_entries: 1.5 } }), "3.3.1", "3.4.2"],
  "32-session-library": [withPlugin("session"), "2.8.5", "3.4.2"],
  "32-session-fields": [withPlugin("session", { cookie_lifetime: 3600 }), "2.8.5", "3.4.2"],
  "35-session-logout-body": [withPlugin("session", { logout_post_arg: "logout" }), "3.4.2", "3.5.0"],
  "30-prometheus-metrics": [withPlugin("prometheus"), "2.8.5", "3.4.2"],
  "30-prometheus-consumer": [withPlugin("prometheus", { per_consumer: true }), "2.8.5", "3.4.2"],
  "30-statsd-names": [withPlugin("statsd"), "2.8.5", "3.4.2"],
  "33-span-names": [withPlugin("zipkin"), "2.8.5", "3.4.2"],
  "37-latencies": [withPlugin("file-log"), "3.6.1", "3.7.1"],
  "37-prometheus-workspace": [withPlugin("prometheus"), "3.6.1", "3.7.1"],
  "30-removed-keys": [withSetting("nginx_optimizations", "on"), "2.8.5", "3.4.2"],
  "30-vaults-key": [withSetting("vaults", "off"), "2.8.5", "3.4.2"],
  "30-worker-consistency": [without("worker_consistency"), "2.8.5", "3.4.2"],
  "30-lua-ssl-trusted": [without("lua_ssl_trusted_certificate"), "2.8.5", "3.4.2"],
  "30-router-flavor": [without("router_flavor"), "2.8.5", "3.4.2"],
  "32-pg-ssl-version": [withSetting("pg_ssl_version", "tlsv1"), "2.8.4.14", "3.4.3.29"],
  "33-worker-events-key": [withSetting("legacy_worker_events", "on"), "3.2.2", "3.3.1"],
  "34-cassandra": [withSetting("cassandra_contact_points", "10.0.0.1"), "2.8.5", "3.4.2"],
  "34-kong-manager-ports": [without("admin_gui_listen"), "2.8.5", "3.4.2"],
  "34-custom-template": [withSetting("nginx_conf", "/etc/kong/nginx.template"), "2.8.5", "3.4.2"],
  "36-status-listen": [without("status_listen"), "3.5.0", "3.6.1"],
  "36-dns-stale": [without("dns_stale_ttl"), "3.5.0", "3.6.1"],
  "any-migration-lock-held": [withDatabase({ lock: { owner: "other", secondsLeft: 41.6 } }), "2.8.5", "3.4.2"],
  "any-unfinished-upgrade": [
    withDatabase({ schemaMeta: [{ subsystem: "core", executed: [], pending: ["016_280_to_300"] }] }),
    "3.0.2",
    "3.1.1",
  ],
  "any-no-right-to-create": [withDatabase({ canCreateTables: false }), "2.8.5", "3.4.2"],
  "any-large-database": [withDatabase({ sizeBytes: 5_000_000_000 }), "2.8.5", "3.4.2"],
  "30-duplicate-targets": [withDatabase({ counts: { targets: 3 } }), "2.8.5", "3.4.2"],
};

/** Changes that nothing in the facts can rule out. */
const hitsEveryDatabase = new Set(["37-db-timeout"]);

const ids = (facts: Facts, from: string, to: string): readonly string[] =>
  findFindings(facts, from, to).map((finding) => finding.id);

describe("every hazard with evidence", () => {
  const withEvidence = hazards.filter(
    (hazard) => hazard.check.kind === "evidence" && !hitsEveryDatabase.has(hazard.id),
  );

  test.each(withEvidence.map((hazard) => hazard.id))(
    "%s hits what it describes, and not a quiet installation",
    (id) => {
      const example = hits[id];
      if (example === undefined) throw new Error(`${id} has no example`);
      const [facts, from, to] = example;
      expect(ids(facts, from, to)).toContain(id);
      expect(ids(quiet, from, to)).not.toContain(id);
    },
  );

  test.each(withEvidence.filter((hazard) => hazard.since !== "any").map((hazard) => hazard.id))(
    "%s does not hit an installation that already has the change",
    (id) => {
      const [facts, , to] = hits[id] ?? [quiet, "", "3.4.2"];
      expect(ids(facts, to, to)).not.toContain(id);
    },
  );
});

test("ids are unique, and every entry is complete", () => {
  const all = hazards.map((hazard) => hazard.id);
  expect(new Set(all).size).toBe(all.length);
  const incomplete = hazards.filter(
    ({ since, title, effect, remedy, source }) =>
      (since !== "any" && parseVersion(`${since}.0`) === undefined) ||
      [title, effect, remedy, source].some((text) => text.length <= 5),
  );
  expect(incomplete).toStrictEqual([]);
});

test("the 5 s statement timeout is told from 3.7 on, with the size of the database", () => {
  expect(findFindings(quiet, "3.6.1", "3.7.1").find((finding) => finding.id === "37-db-timeout")).toMatchObject({
    evidence: ["the database has 1 MB"],
  });
  expect(ids(quiet, "2.8.5", "3.4.2")).not.toContain("37-db-timeout");
});

test("what the old router keeps is not reported", () => {
  const facts = {
    ...withPath("/(?!admin).*"),
    configuration: { ...quiet.configuration, router_flavor: "traditional" },
  };
  expect(ids(facts, "2.8.5", "3.4.2")).not.toContain("30-regex-lookaround");
});

test("defaults are not called unset where no kong.conf was read", () => {
  const facts: Facts = { ...quiet, configuration: {}, sources: [] };
  expect(ids(facts, "2.8.5", "3.4.2")).not.toContain("30-worker-consistency");
});

test("evidence is bounded and counted", () => {
  const routes = Array.from({ length: 300 }, (_, index) => ({
    id: `r${index}`,
    paths: [`/x/${index}/(.*)`],
    protocols: [],
  }));
  const finding = findFindings({ ...quiet, routes }, "2.8.5", "3.4.2").find(
    (each) => each.id === "30-route-regex-tilde",
  );
  expect(finding).toMatchObject({ count: 300, kind: "finding" });
  expect(finding?.evidence).toHaveLength(20);
  expect(finding?.evidence[0]).toBe("route r0: /x/0/(.*)");
});

test("a source that failed is named with what stays undecided", () => {
  const sources: Facts["sources"] = [
    { name: "Admin API /routes", outcome: { kind: "failed", at, problem: "HTTP 401", undecided: ["regex paths"] } },
  ];
  expect(findFindings({ ...quiet, sources }, "2.8.5", "3.4.2")).toContainEqual(
    expect.objectContaining({ kind: "undecided", id: "undecided-admin-api-routes", evidence: ["regex paths"] }),
  );
});

test("findings come before what is open, each worst first", () => {
  const facts: Facts = {
    ...withPath("/(?!admin).*"),
    plugins: [plugin("prometheus"), plugin("session", { cookie_lifetime: 1 })],
  };
  const found = findFindings(facts, "2.8.5", "3.4.2");
  const ranks = (kind: string): readonly number[] =>
    found.filter((finding) => finding.kind === kind).map((finding) => severities.indexOf(finding.severity));
  expect(ranks("finding")).toStrictEqual(ranks("finding").toSorted((left, right) => left - right));
  expect(ranks("question")).toStrictEqual(ranks("question").toSorted((left, right) => left - right));
  expect(found.findLastIndex((finding) => finding.kind === "finding")).toBeLessThan(
    found.findIndex((finding) => finding.kind === "question"),
  );
});

test("questions are asked where the facts give reason to", () => {
  expect(ids(quiet, "2.8.5", "3.4.2")).not.toContain("30-ask-hmac");
  expect(ids(withPlugin("hmac-auth"), "2.8.5", "3.4.2")).toContain("30-ask-hmac");
  expect(ids(quiet, "2.8.5", "3.4.2")).toContain("ask-downtime");
});

function hop(from: string, to: string): Hop {
  const [left, right] = [parseVersion(from), parseVersion(to)];
  if (left === undefined || right === undefined) throw new Error("no version");
  return { from: left, to: right };
}

function find(id: string): Hazard {
  const hazard = hazards.find((each) => each.id === id);
  if (hazard === undefined) throw new Error(`no hazard ${id}`);
  return hazard;
}

test("hazards of the other edition, and bugs that the target has repaired, do not concern", () => {
  expect(concerns(find("34-kong-manager-ports"), hop("2.8.4.14", "3.4.3.29"))).toBe(false);
  expect(concerns(find("34-referenceable-fields"), hop("2.8.5", "3.4.2"))).toBe(true);
  expect(concerns(find("34-referenceable-fields"), hop("3.3.1", "3.5.0"))).toBe(false);
});
