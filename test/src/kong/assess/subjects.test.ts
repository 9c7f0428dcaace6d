import { describe, expect, test } from "vitest";
import { fitsGlob } from "#src/kong/assess/glob.ts";
import type { Condition, Leaf } from "#src/kong/catalogue/condition.ts";
import type { Installation } from "#test/src/kong/catalogue/installation.ts";
import { inventoryOf } from "#test/src/kong/catalogue/installation.ts";
import { hop, judged, judgedOf } from "./judged.ts";

const open = (...inputs: readonly string[]): unknown => ({ inputs, questions: [] });

describe("kong.conf", () => {
  const unset: Leaf = { kind: "conf", key: "router_flavor", predicate: "absent" };

  test("a key is unset when the configuration was read and nobody set it", () => {
    expect(judged(unset, { conf: {} })).toEqual(["kong.conf: router_flavor is not set"]);
    expect(judged(unset, { conf: { router_flavor: "expressions" } })).toBe("fails");
    expect(judged(unset, {})).toEqual(open("configuration"));
  });

  test("a key is unset on the nodes that lack it", () => {
    const inventory = inventoryOf({ conf: {} });
    const settings = [
      { key: "router_flavor", value: "traditional", origin: "file", node: "a" },
      { key: "vitals", value: "on", origin: "environment", node: "b" },
    ] as const;
    expect(judgedOf(unset, { ...inventory, settings })).toEqual(["kong.conf of node b: router_flavor is not set"]);
    const everywhere = { key: "router_flavor", value: "traditional", origin: "file" } as const;
    expect(judgedOf(unset, { ...inventory, settings: [...settings, everywhere] })).toBe("fails");
  });

  test("values are compared only where the key is set", () => {
    const other: Leaf = { kind: "conf", key: "pg_ssl_verify", predicate: "not_in", value: ["on"] };
    expect(judged(other, { conf: {} })).toBe("fails");
    expect(judged(other, { conf: { pg_ssl_verify: "off" } })).toEqual(["kong.conf: pg_ssl_verify = off"]);
  });

  test("keys may be patterns; file, line and origin are told", () => {
    const wasm: Leaf = { kind: "conf", key: "/^(nginx_)?wasm_/", predicate: "present" };
    const inventory = inventoryOf({ conf: {} });
    const settings = [
      { key: "wasm_filters", value: "user", origin: "file", place: { file: "/etc/kong/kong.conf", line: 12 } },
      { key: "nginx_wasm_x", value: "1", origin: "environment", node: "b" },
      { key: "not_wasm_x", value: "1", origin: "file" },
    ] as const;
    expect(judgedOf(wasm, { ...inventory, settings })).toEqual([
      "kong.conf line 12: wasm_filters = user",
      "environment of node b: nginx_wasm_x = 1",
    ]);
  });

  test("variables without the prefix are known only where the environment was read", () => {
    const region: Leaf = { kind: "conf", key: "AWS_REGION", predicate: "env_absent" };
    expect(judged(region, { environmentNames: ["PATH"] })).toEqual(["environment: AWS_REGION is not set"]);
    expect(judged(region, { environmentNames: ["AWS_REGION"] })).toBe("fails");
    expect(judged(region, { conf: {} })).toEqual(open("configuration"));
  });
});

describe("entities", () => {
  test("what is only in files is not looked for in what runs, and the other way round", () => {
    const inFile: Leaf = { kind: "file_plugin", name: "acl", path: "config.policy", predicate: "not_set" };
    expect(judged(inFile, { plugins: [{ name: "acl", config: {} }], files: {} })).toBe("fails");
    expect(judged(inFile, { files: { plugin: [{ name: "acl", id: "1", on: { route: "r" }, config: {} }] } })).toEqual([
      "plugin acl on route r (1, kong.yml:1): config.policy is not set",
    ]);
    expect(judged(inFile, { plugins: [{ name: "acl", config: {} }] })).toEqual(open("declarative"));
  });

  test("a plugin that is written below a route has that route", () => {
    const onRoute: Leaf = { kind: "plugin", name: "*", path: "route", predicate: "is_set" };
    expect(judged(onRoute, { files: { plugin: [{ name: "acl", id: "1", on: { route: "r" } }] } })).toEqual([
      'plugin acl on route r (1, kong.yml:1): route = {"name": "r"}',
    ]);
    expect(judged(onRoute, { files: { plugin: [{ name: "acl", id: "1", on: { service: "s" } }] } })).toBe("fails");
  });

  test("files that were given and could not be read may hold what was not found elsewhere", () => {
    const acl: Leaf = { kind: "plugin", name: "acl" };
    const { inputs, ...rest } = inventoryOf({ plugins: [] });
    const declarative = { kind: "failed", problem: "no such file" } as const;
    expect(judgedOf(acl, { ...rest, inputs: { ...inputs, declarative } })).toEqual(open("declarative"));
  });

  test("files cannot tell whether there are administrators", () => {
    const admin: Leaf = { kind: "admin", predicate: "present" };
    expect(judged(admin, { files: { route: [] } })).toEqual(open("entities"));
    expect(judged(admin, { entities: { admin: [] } })).toBe("fails");
    expect(judged(admin, { entities: { admin: [{ id: "a", name: "ada" }] } })).toEqual(["admin ada (a)"]);
  });

  test("a licence is missing when it was looked for and is not there", () => {
    const none: Leaf = { kind: "license", predicate: "absent" };
    expect(judged(none, { licence: "none" })).toEqual([]);
    expect(judged(none, { licence: "2027-01-01" })).toBe("fails");
    expect(judged(none, {})).toEqual(open("licence"));
  });
});

describe("sources and texts", () => {
  const matches = (value: string, files = "**/*.lua"): Leaf => ({ kind: "source", files, predicate: "matches", value });
  const lua = (text: string): Installation => ({ lua: { "foo/handler.lua": text } });

  test("a hit has file and line; comments are no hits", () => {
    const text = '-- local BasePlugin\nlocal x = 1\n  local BasePlugin = require "kong.plugins.base_plugin"\n';
    expect(judged(matches("BasePlugin"), lua(text))).toEqual([
      'kong/plugins/foo/handler.lua:3: local BasePlugin = require "kong.plugins.base_plugin"',
    ]);
  });

  test("what is not there is told with what was looked for", () => {
    const lacks: Leaf = { kind: "source", files: "**/handler.lua", predicate: "not_matches", value: "PRIORITY" };
    expect(judged(lacks, lua("-- PRIORITY = 1"))).toEqual(["kong/plugins/foo/handler.lua: no line matches PRIORITY"]);
    expect(judged(lacks, lua("return { PRIORITY = 1 }"))).toBe("fails");
  });

  test("a custom plugin whose sources nobody gave may hold what the others do not", () => {
    const given: Installation = { ...lua("return {}"), installed: [{ name: "acl" }, { name: "house-auth" }] };
    expect(judged(matches("BasePlugin"), given)).toEqual(open("sources"));
    expect(judged(matches("BasePlugin"), { ...given, installed: [{ name: "acl" }] })).toBe("fails");
  });

  test("a command that a backslash continues is one line", () => {
    const post: Leaf = { kind: "client", predicate: "matches", value: "POST[^\\n]*/targets" };
    const scripts = "#!/bin/sh\ncurl -X POST \\\n  http://kong:8001/upstreams/u/targets\n# curl -X POST /targets\n";
    expect(judged(post, { scripts })).toEqual(["deploy.sh:2: curl -X POST http://kong:8001/upstreams/u/targets"]);
  });

  describe("a call that goes over several lines", () => {
    const post: Leaf = { kind: "client", predicate: "matches", value: "(?i)\\bpost\\b.*/targets|/targets.*\\bpost\\b" };

    test.each([
      { text: 'requests.post(\n    f"{admin}/upstreams/{name}/targets",\n    json=target,\n)', line: 1 },
      { text: "x()\nfetch(`${admin}/upstreams/u/targets`, {\n  method: 'POST',\n  body: text(\n  ),\n})", line: 2 },
      { text: "curl -X POST \\\r\n  http://kong:8001/upstreams/u/targets\r\n", line: 1 },
    ])("is found where it begins: $text", ({ text, line }) => {
      expect(judged(post, { scripts: text })).toEqual([expect.stringContaining(`deploy.sh:${line}: `)]);
    });

    test.each([
      { title: "two calls", text: 'requests.post(url)\nrequests.get(f"{admin}/targets")' },
      { title: "a bracket that is never closed", text: "echo :(\nPOST\n/targets" },
      { title: "a whole program in brackets", text: `(function () {\n  POST${"\n".repeat(20)}  /targets\n})` },
    ])("is not made of $title", ({ text }) => {
      expect(judged(post, { scripts: text })).toBe("fails");
    });
  });

  test("a pattern is found at the end of a very long line, and a text beyond the bound is open", () => {
    const metric: Leaf = { kind: "metrics_consumer", predicate: "matches", value: "kong_latency\\b" };
    const long = `${"x".repeat(300_000)} kong_latency ${"y".repeat(1_000)}`;
    expect(judged(metric, { dashboards: long })).toEqual([expect.stringContaining("kong.json:1: ")]);
    for (const start of [3_590, 3_595, 3_990, 3_995]) {
      expect(judged(metric, { dashboards: `${"x".repeat(start)} kong_latency ${"y".repeat(1_000)}` })).not.toBe(
        "fails",
      );
    }
    expect(judged(metric, { dashboards: "x".repeat(1_000_001) })).toEqual(open("dashboards"));
  });

  test.each([
    { text: "return { foo = { name = 'foo' } }", isHash: true },
    { text: 'return {\n  -- the table\n  ["foo"] = { name = "foo" },\n}', isHash: true },
    { text: "local daos = {\n  foo = {},\n}\nreturn daos\n", isHash: true },
    { text: "return { { name = 'foo' } }", isHash: false },
    { text: "local foo = { name = 'foo' }\nreturn { foo }", isHash: false },
  ])("daos.lua: $text", ({ text, isHash }) => {
    const ask: Leaf = { kind: "source", files: "**/daos.lua", predicate: "dao_table_is_hash" };
    const hit = [expect.stringMatching(/^kong\/plugins\/foo\/daos\.lua:\d+: a table with names$/u)];
    expect(judged(ask, { lua: { "foo/daos.lua": text } })).toEqual(isHash ? hit : "fails");
  });

  test("a returned table that is made elsewhere is open", () => {
    const ask: Leaf = { kind: "source", files: "**/daos.lua", predicate: "dao_table_is_hash" };
    expect(judged(ask, { lua: { "foo/daos.lua": "return make()" } })).toEqual(open("sources"));
  });

  test.each([
    { path: "kong/plugins/foo/handler.lua", glob: "**/handler.lua", fits: true },
    { path: "handler.lua", glob: "**/handler.lua", fits: true },
    { path: "kong/plugins/foo/my-handler.lua", glob: "**/handler.lua", fits: false },
    { path: "a/migrations/001.lua", glob: "**/migrations/*.lua", fits: true },
    { path: "a/migrations/b/001.lua", glob: "**/migrations/*.lua", fits: false },
    { path: "a/main.ts", glob: "**/*.{js,ts}", fits: true },
    { path: "a/main.tsx", glob: "**/*.{js,ts}", fits: false },
    { path: "a/b.lua.lua", glob: "**/*.lua", fits: true },
    { path: "lua", glob: "**/*.lua", fits: false },
  ])("$glob and $path", ({ path, glob, fits }) => {
    expect(fitsGlob(path, glob)).toBe(fits);
  });
});

describe("custom plugins", () => {
  const moves: Leaf = {
    kind: "custom_plugin",
    path: "PRIORITY",
    predicate: "order_changes_against",
    value: { jwt: [1_005, 1_450], "key-auth": [1_003, 1_250] },
  };
  const jwt = [{ name: "jwt", config: {} }];
  const handler = (text: string): Installation => ({ lua: { "foo/handler.lua": text }, plugins: jwt });

  test.each([
    { text: "return { PRIORITY = 1010 }", is: 1_010 },
    { text: "local Foo = {}\nFoo.PRIORITY=1100\nFoo.VERSION = '1.0.0'", is: 1_100 },
    { text: 'local Foo = { ["PRIORITY"] = 1449 }', is: 1_449 },
    { text: "return { PRIORITY = 1005 }", is: 1_005 },
    { text: "return { PRIORITY = 1450 }", is: 1_450 },
  ])("a plugin that a bundled one in use passes: $text", ({ text, is }) => {
    expect(judged(moves, handler(text))).toEqual([
      `custom plugin foo (kong/plugins/foo/handler.lua): PRIORITY = ${is} (jwt goes from 1005 to 1450)`,
    ]);
  });

  test.each([
    { title: "before both", given: handler("return { PRIORITY = 2000 }"), is: "fails" },
    { title: "after both", given: handler("return { PRIORITY = -1 }"), is: "fails" },
    { title: "no priority", given: handler("return {}"), is: "fails" },
    { title: "a computed priority", given: handler("return { PRIORITY = other() }"), is: open("sources") },
    { title: "no sources", given: { customPlugins: [{ name: "foo" }], plugins: jwt }, is: open("sources") },
    {
      title: "plugins in use not known",
      given: { customPlugins: [{ name: "foo", priority: 1_100 }] },
      is: open("entities"),
    },
    {
      title: "passed by nothing that is in use",
      given: { customPlugins: [{ name: "foo", priority: 1_100 }], plugins: [] },
      is: "fails",
    },
    { title: "no custom plugins", given: { installed: [{ name: "jwt", priority: 1_005 }], plugins: jwt }, is: "fails" },
  ])("order: $title", ({ given, is }) => {
    expect(judged(moves, given)).toEqual(is);
  });

  test("order: files that could not be read may hold a plugin in use", () => {
    const { inputs, ...rest } = inventoryOf({ customPlugins: [{ name: "foo", priority: 1_100 }], plugins: [] });
    const declarative = { kind: "partly", problem: "line 3 is no YAML" } as const;
    expect(judgedOf(moves, { ...rest, inputs: { ...inputs, declarative } })).toEqual(open("declarative"));
  });

  test("an equal priority is one of a bundled plugin in use", () => {
    const equal: Leaf = { kind: "custom_plugin", path: "PRIORITY", predicate: "equals_bundled", value: "any" };
    expect(judged(equal, { customPlugins: [{ name: "foo", priority: 1_450 }], plugins: jwt })).toEqual([
      "custom plugin foo: PRIORITY = 1450 (the same as jwt)",
    ]);
    expect(judged(equal, { customPlugins: [{ name: "foo", priority: 1_451 }], plugins: jwt })).toBe("fails");
  });

  test("a plugin of a name that only the target ships is a custom one", () => {
    const named: Leaf = { kind: "custom_plugin", path: "name", predicate: "equals", value: "opentelemetry" };
    const installed = [{ name: "opentelemetry", priority: 5, version: "0.1.0" }];
    expect(judged(named, { installed }, hop("2.8.5", "3.0.2"))).toEqual([
      "custom plugin opentelemetry: name = opentelemetry",
    ]);
    expect(judged(named, { installed }, hop("3.0.2", "3.1.1"))).toBe("fails");
  });

  describe("that nobody listed", () => {
    const named: Leaf = { kind: "custom_plugin", path: "name", predicate: "present" };
    const inFile: Installation = {
      files: { plugin: [{ name: "house-auth", on: { route: "orders" } }, { name: "house-auth" }, { name: "acl" }] },
    };

    test("are known by their instances, with file and line, each once", () => {
      expect(judged(named, inFile)).toEqual([
        "custom plugin house-auth (plugin house-auth on route orders (plugin-id, kong.yml:1)): name = house-auth",
      ]);
    });

    test("are known by the key `plugins` and by what the chart mounts", () => {
      const conf = { plugins: "bundled, house-auth,off,key-auth" };
      expect(judged(named, { conf })).toEqual(["custom plugin house-auth (kong.conf): name = house-auth"]);
      const values = { plugins: { configMaps: [{ name: "kong-plugin-audit", pluginName: "house-audit" }] } };
      expect(judged(named, { helm: [{ values }] })).toEqual([
        "custom plugin house-audit (Helm release kong): name = house-audit",
      ]);
    });

    test("may be others than those that are seen, unless a list was read", () => {
      const other: Leaf = { kind: "custom_plugin", path: "name", predicate: "equals", value: "other" };
      expect(judged(other, inFile)).toEqual(open("plugins"));
      expect(judged(other, { ...inFile, installed: [{ name: "house-auth" }] })).toBe("fails");
    });

    test("are not those that the running edition ships", () => {
      const oidc: Installation = { plugins: [{ name: "openid-connect" }] };
      expect(judged(named, oidc, hop("3.4.3.5", "3.10.0.1"))).toEqual(open("plugins"));
      expect(judged(named, oidc, hop("3.4.2", "3.9.1"))).toHaveLength(1);
      const enterprise: Installation = { ...oidc, deployment: { edition: "enterprise" } };
      expect(judged(named, enterprise, hop("3.4.2", "3.10.0.1"))).toEqual(open("plugins"));
    });

    test("are those of the running version on every stop of the way", () => {
      const installed = [{ name: "collector" }, { name: "ai-proxy" }];
      const later = { ...hop("3.4.3.5", "3.10.0.1"), running: hop("2.8.4.14").from };
      expect(judged(named, { installed }, later)).toEqual(["custom plugin ai-proxy: name = ai-proxy"]);
    });
  });

  test("clash with a name that the target ships and the version before it does not", () => {
    const clash: Leaf = { kind: "custom_plugin", path: "name", predicate: "bundled_by_target" };
    const installed = [{ name: "opentelemetry" }, { name: "ai-proxy" }, { name: "opa" }];
    const named = (name: string): string => `custom plugin ${name}: name = ${name}`;
    expect(judged(clash, { installed }, hop("2.8.5", "3.4.2"))).toEqual([named("opentelemetry")]);
    const later = { ...hop("3.4.2", "3.9.1"), running: hop("2.8.5").from };
    expect(judged(clash, { installed }, later)).toEqual([named("ai-proxy")]);
    expect(judged(clash, { installed }, hop("3.4.2", "3.4.2.0"))).toEqual([named("opa")]);
    expect(judged(clash, { installed }, hop("3.9.0", "3.9.1"))).toBe("fails");
  });

  test("the majors of both planes are compared where both are known", () => {
    const differs: Leaf = { kind: "custom_plugin", path: "VERSION", predicate: "major_differs_between_cp_and_dp" };
    const foo = { name: "foo", version: "1.2.0" };
    expect(judged(differs, { customPlugins: [{ ...foo, dataPlaneVersion: "2.0.0" }] })).toEqual([
      "custom plugin foo: VERSION = 1.2.0 (2.0.0 on data planes)",
    ]);
    expect(judged(differs, { customPlugins: [{ ...foo, dataPlaneVersion: "1.0.0" }] })).toBe("fails");
    expect(judged(differs, { customPlugins: [foo] })).toEqual(open("plugins"));
  });
});

describe("the installation as a whole", () => {
  const is = (path: "strategy" | "platform" | "helm" | "image" | "edition_change", value: string | boolean): Leaf => ({
    kind: "deployment",
    path,
    predicate: "equals",
    value,
  });

  test("what nobody told is open", () => {
    expect(judged(is("platform", "kubernetes"), { deployment: { topology: "hybrid" } })).toEqual(open("deployment"));
    expect(judged(is("platform", "kubernetes"), { deployment: { platform: "host" } })).toBe("fails");
  });

  test("a Helm release tells the platform", () => {
    expect(judged({ all: [is("platform", "kubernetes"), is("helm", true)] }, { helm: [{}] })).toEqual([
      "the installation: platform = kubernetes, helm = true",
    ]);
    expect(judged(is("helm", true), { deployment: { platform: "container" } })).toBe("fails");
  });

  test("the strategy of the plan counts before what the installation says", () => {
    const given = { deployment: { strategy: "in-place" } };
    expect(judged(is("strategy", "blue-green"), given, hop("2.8.5", "3.0.2", "blue-green"))).toEqual([
      "the installation: strategy = blue-green",
    ]);
    expect(judged(is("strategy", "kubernetes"), given, hop("2.8.5", "3.0.2", "helm-split-releases"))).toEqual([
      "the installation: strategy = kubernetes",
    ]);
    expect(judged(is("strategy", "blue-green"), given)).toBe("fails");
  });

  test("the versions tell whether the edition changes", () => {
    expect(judged(is("edition_change", "oss->enterprise"), {}, hop("3.4.2", "3.4.3.5"))).not.toBe("fails");
    expect(judged(is("edition_change", "oss->enterprise"), {}, hop("3.4.2", "3.5.0"))).toBe("fails");
  });

  test("a package runs from no image, an operating system alone may be one of an image", () => {
    expect(judged(is("image", "x"), { hosts: [{ os: "debian11", package: "deb" }] })).toBe("fails");
    expect(judged(is("image", "x"), { hosts: [{ os: "debian11" }] })).toEqual(open("hosts"));
    expect(judged(is("image", "x"), { hosts: [] })).toEqual(open("hosts"));
  });

  test("migrations are counted over all subsystems", () => {
    const isNew: Leaf = { kind: "migrations", path: "new", predicate: "length_gt", value: 1 };
    expect(judged(isNew, { migrations: { new: { core: ["a"], acl: ["b"] } } })).toEqual([
      'migrations: new = {"core": ["a"], "acl": ["b"]}',
    ]);
    expect(judged(isNew, { migrations: { new: { core: ["a"] } } })).toBe("fails");
  });

  test.each<{ title: string; helm: NonNullable<Installation["helm"]>; is: unknown }>([
    {
      title: "two releases on one database",
      helm: [
        { name: "cp", values: { env: { pg_host: "db", pg_database: "kong" } } },
        { name: "admin", values: { env: { pg_host: "db", pg_database: "kong" } } },
        { name: "dp", values: { env: { database: "off" } } },
      ],
      is: ["Helm release cp", "Helm release admin"],
    },
    {
      title: "two releases whose host comes from one secret",
      helm: ["a", "b"].map((name) => ({
        name,
        values: { env: { pg_host: { valueFrom: { secretKeyRef: { name: "kong-pg", key: "host" } } } } },
      })),
      is: ["Helm release a", "Helm release b"],
    },
    {
      title: "two databases",
      helm: ["a", "b"].map((name) => ({ name, values: { env: { pg_host: "db", pg_database: name } } })),
      is: "fails",
    },
    {
      title: "a database of each release's own",
      helm: ["a", "b"].map((name) => ({ name, values: { postgresql: { enabled: true } } })),
      is: "fails",
    },
    { title: "one release", helm: [{ name: "a", values: {} }], is: "fails" },
    { title: "releases that do not tell", helm: [{ name: "a" }, { name: "b" }], is: open("helm") },
  ])("split releases: $title", ({ helm, is: expected }) => {
    expect(judged({ kind: "helm_split" }, { helm })).toEqual(expected);
  });

  test("manifests of one kind, Helm values and top-level keys of files", () => {
    const conditions: readonly Condition[] = [
      { kind: "k8s", resource: "Ingress", path: "spec.rules[*].path", predicate: "matches", value: "\\\\d" },
      { kind: "helm_values", path: "image.tag", predicate: "absent" },
      { kind: "declarative", path: "vaults_beta", predicate: "present" },
      { kind: "declarative", path: "_format_version", predicate: "in", value: ["1.1"] },
      { kind: "declarative", path: "*", predicate: "has_duplicate_keys" },
    ];
    const given: Installation = {
      manifests: [
        { kind: "Ingress", metadata: { name: "shop" }, spec: { rules: [{ path: "/a/\\d" }] } },
        { kind: "Job", metadata: { name: "job" }, spec: { rules: [{ path: "/a/\\d" }] } },
      ],
      helm: [{ name: "kong", values: { image: {} } }],
      declarative: [
        {
          formatVersion: "1.1",
          topLevel: [{ key: "vaults_beta", line: 9 }],
          duplicateKeys: [{ what: "routes[0] and routes[3]: name a", line: 7 }],
        },
      ],
    };
    expect(conditions.map((condition) => judged(condition, given))).toEqual([
      [String.raw`Ingress shop: spec.rules[0].path = /a/\d`],
      ["Helm release kong: image.tag is not set"],
      ["kong.yml:9: vaults_beta = …"],
      ["kong.yml: _format_version = 1.1"],
      ["kong.yml:7: routes[0] and routes[3]: name a"],
    ]);
  });
});
