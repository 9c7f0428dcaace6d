import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { rsaBits } from "#src/kong/assess/rsa-bits.ts";
import type { Leaf } from "#src/kong/catalogue/condition.ts";
import type { Installation } from "#test/src/kong/catalogue/installation.ts";
import { certificates } from "./certificates.ts";
import { hop, judged } from "./judged.ts";

/** A condition on `config.x` of the plugin `p`. */
const x = (ask: object): Leaf => ({ kind: "plugin", name: "p", path: "config.x", predicate: "present", ...ask });
const withX = (value: unknown): Installation => ({ plugins: [{ id: "1", name: "p", config: { x: value } }] });
const withoutX: Installation = { plugins: [{ id: "1", name: "p", config: {} }] };

describe("the value of one field", () => {
  test.each<{ ask: object; hit: readonly Installation[]; miss: readonly Installation[] }>([
    { ask: { predicate: "present" }, hit: [withX(null), withX(0)], miss: [withoutX] },
    { ask: { predicate: "absent" }, hit: [withoutX], miss: [withX(null)] },
    { ask: { predicate: "is_set" }, hit: [withX(false), withX([])], miss: [withX(null), withoutX] },
    { ask: { predicate: "not_set" }, hit: [withX(null), withoutX], miss: [withX(false), withX("")] },
    { ask: { predicate: "empty" }, hit: [withX(null), withoutX, withX([]), withX("")], miss: [withX(0), withX(["a"])] },
    { ask: { predicate: "is_null" }, hit: [withX(null)], miss: [withoutX, withX("")] },
    { ask: { predicate: "is_array" }, hit: [withX([])], miss: [withX({}), withX("[]"), withoutX] },
    { ask: { predicate: "is_number" }, hit: [withX(1.5)], miss: [withX("1"), withX([1]), withoutX] },
    { ask: { predicate: "non_integer" }, hit: [withX(1.5)], miss: [withX(2), withX("1.5"), withoutX] },
    { ask: { predicate: "equals", value: true }, hit: [withX(true), withX("true")], miss: [withX(false), withoutX] },
    { ask: { predicate: "equals", value: "on" }, hit: [withX("on"), withX("true")], miss: [withX("off"), withX(null)] },
    { ask: { predicate: "equals", value: 0 }, hit: [withX(0), withX("0")], miss: [withX(1), withX(""), withX([0])] },
    { ask: { predicate: "not_equals", value: "a" }, hit: [withX("b")], miss: [withX("a"), withX(null), withoutX] },
    {
      ask: { predicate: "contains", value: "a" },
      hit: [withX(["b", "a"]), withX("bab")],
      miss: [withX(["ab"]), withoutX],
    },
    { ask: { predicate: "in", value: ["a", 1] }, hit: [withX("a"), withX(1)], miss: [withX("b"), withoutX] },
    { ask: { predicate: "not_in", value: ["a", ""] }, hit: [withX("b")], miss: [withX("a"), withX(""), withoutX] },
    { ask: { predicate: "matches", value: "^a+$" }, hit: [withX("aa")], miss: [withX("A"), withX(null), withX(["a"])] },
    { ask: { predicate: "matches", value: "(?i)^a+$" }, hit: [withX("aA")], miss: [withX("b")] },
    { ask: { predicate: "not_matches", value: "^a" }, hit: [withX("ba")], miss: [withX("ab"), withX(null), withoutX] },
    { ask: { predicate: "lt", value: 3 }, hit: [withX(2.9), withX("2")], miss: [withX(3), withX(null), withX("two")] },
    { ask: { predicate: "lte", value: 3 }, hit: [withX(3)], miss: [withX(3.1), withoutX] },
    { ask: { predicate: "gt", value: 3 }, hit: [withX(4)], miss: [withX(3), withX([4])] },
    { ask: { predicate: "gte", value: 3 }, hit: [withX(3)], miss: [withX(2), withX("")] },
    {
      ask: { predicate: "lt", value: "3.10" },
      hit: [withX("3.9.1"), withX("v2.12")],
      miss: [withX("3.10.0"), withoutX],
    },
    { ask: { predicate: "lte", value: "2.1" }, hit: [withX("2.1.4"), withX("2.0")], miss: [withX("2.2.0")] },
    { ask: { predicate: "gt", value: "2.1" }, hit: [withX("2.2.0")], miss: [withX("2.1.4")] },
    { ask: { predicate: "gte", value: "15" }, hit: [withX("15.18 (Debian 15.18-1)")], miss: [withX("14.12")] },
    { ask: { predicate: "version_lt", value: "2.6" }, hit: [withX("2.5-alpine"), withX(2.5)], miss: [withX("2.12")] },
    { ask: { predicate: "version_gte", value: "3.3" }, hit: [withX("3.10")], miss: [withX("3.2.2.5")] },
    {
      ask: { predicate: "length_gt", value: 1 },
      hit: [withX(["a", "b"]), withX("ab")],
      miss: [withX(["a"]), withX(null)],
    },
    {
      ask: { predicate: "not_normalised" },
      hit: ["/a//b", "/a/../b", "/a/.", "./a", "/%61", "/%c3", "/%2f"].map(withX),
      miss: ["/", "/a/b/", "/%2F", "/a.b/..c", "~/a//%61", "/%zz", ""].map(withX),
    },
    {
      ask: { predicate: "before_plus_days", value: 30 },
      hit: [withX("2026-12-25"), withX("2020-01-01T10:00:00Z")],
      miss: [withX("2026-12-26"), withX("2030-01-01")],
    },
    {
      ask: { predicate: "rsa_bits_lt", value: 2_048 },
      hit: [withX(certificates.rsa1024)],
      miss: [withX(certificates.rsa2048), withX(certificates.ec), withX(null), withoutX],
    },
    {
      ask: { predicate: "differs_from", value: "config.y" },
      hit: [{ plugins: [{ name: "p", config: { x: 1, y: 2 } }] }],
      miss: [{ plugins: [{ name: "p", config: { x: 1, y: 1 } }] }, withX(1), withoutX],
    },
  ])("$ask.predicate $ask.value", ({ ask, hit, miss }) => {
    for (const installation of hit) expect(judged(x(ask), installation)).toEqual([expect.stringContaining("plugin p")]);
    for (const installation of miss) expect(judged(x(ask), installation)).toBe("fails");
  });

  test.each<{ title: string; ask: object; value: unknown }>([
    { title: "a tag that is no version", ask: { predicate: "version_lt", value: "2.6" }, value: "latest" },
    { title: "a day that cannot be read", ask: { predicate: "before_plus_days", value: 1 }, value: "soon" },
    { title: "a certificate that cannot be read", ask: { predicate: "rsa_bits_lt", value: 1 }, value: "{vault://x/y}" },
    { title: "a variable of decK", ask: { predicate: "equals", value: 1 }, value: '${{ env "DECK_X" }}' },
    {
      title: "another value than a variable",
      ask: { predicate: "not_equals", value: 1 },
      value: "${{ env 'DECK_X' }}",
    },
    { title: "a path out of a variable", ask: { predicate: "not_matches", value: "^~" }, value: '${{ env "X" }}/(a)' },
    {
      title: "a plain path with a variable",
      ask: { predicate: "not_matches", value: "^[a-z/]*$" },
      value: '/a/${{ env "X" }}',
    },
    { title: "a variable in a pattern", ask: { predicate: "matches", value: "\\(\\?=" }, value: '/a/${{env "X"}}' },
    { title: "a text too long to be searched", ask: { predicate: "matches", value: "b" }, value: "a".repeat(100_001) },
  ])("$title is open, not false", ({ ask, value }) => {
    expect(judged(x(ask), withX(value))).toEqual({ inputs: ["entities"], questions: [] });
  });
});

test("what a text with a variable of decK says by itself is told, and GitHub's variables are none", () => {
  const regex = '/(\\d+)/${{ env "DECK_X" }}';
  expect(judged(x({ predicate: "not_matches", value: "^[a-z/]*$" }), withX(regex))).toEqual([expect.anything()]);
  expect(judged(x({ predicate: "not_matches", value: "^~" }), withX(regex))).toEqual([expect.anything()]);
  expect(judged(x({ predicate: "matches", value: "^~" }), withX(regex))).toBe("fails");
  expect(judged(x({ predicate: "is_set" }), withX('${{ env "DECK_X" }}'))).toEqual([expect.anything()]);
  expect(judged(x({ predicate: "equals", value: "a" }), withX("${{ env.X }}"))).toBe("fails");
});

describe("lists and everything below", () => {
  const leaf = (path: string, ask: object): Leaf => ({ kind: "plugin", name: "*", path, predicate: "is_set", ...ask });
  const given = (config: unknown): Installation => ({ plugins: [{ id: "1", name: "p", config }] });

  test.each<{ title: string; ask: Leaf; config: unknown; is: readonly string[] | "fails" }>([
    {
      title: "every element of a list that fits",
      ask: leaf("config.a[*].b", { predicate: "equals", value: 1 }),
      config: { a: [{ b: 1 }, { b: 2 }, { b: 1 }] },
      is: ["global plugin p (1): config.a[0].b = 1", "global plugin p (1): config.a[2].b = 1"],
    },
    {
      title: "what an element lacks",
      ask: leaf("config.a[*].b", { predicate: "not_set" }),
      config: { a: [{ b: 1 }, {}] },
      is: ["global plugin p (1): config.a[1].b is not set"],
    },
    {
      title: "a list that is not there has no elements",
      ask: leaf("config.a[*]", { predicate: "not_set" }),
      config: {},
      is: "fails",
    },
    {
      title: "leaves at any depth",
      ask: leaf("config.*", { predicate: "matches", value: "^x$" }),
      config: { a: { b: [{ c: "x" }], d: "y" }, e: "x" },
      is: ["global plugin p (1): config.a.b[0].c = x", "global plugin p (1): config.e = x"],
    },
    {
      title: "lists below, as a whole",
      ask: leaf("config.headers.*", { predicate: "is_array" }),
      config: { headers: { a: ["1"], b: "2" } },
      is: ['global plugin p (1): config.headers.a = ["1"]'],
    },
    {
      title: "keys at any depth whose value is not null",
      ask: leaf("config.*", { predicate: "key_matches", value: "^redis_" }),
      config: { redis_host: "h", redis_port: null, deep: { redis_x: 0 } },
      is: ["global plugin p (1): config.redis_host = h", "global plugin p (1): config.deep.redis_x = 0"],
    },
    {
      title: "the same value twice in a list",
      ask: leaf("config.a[*].b", { predicate: "has_duplicates" }),
      config: { a: [{ b: "x" }, { b: "y" }, { b: "x" }, {}, {}] },
      is: ["global plugin p (1): config.a[0].b and config.a[2].b = x"],
    },
    {
      title: "what an object inherits is no field",
      ask: { kind: "plugin", name: "p", path: "config.constructor", predicate: "is_set" },
      config: {},
      is: "fails",
    },
  ])("$title", ({ ask, config, is }) => {
    expect(judged(ask, given(config))).toEqual(is);
  });

  test("a field that is missing is found on plugins that never have it", () => {
    const plugins = [
      { id: "1", name: "acl", ordering: { before: {} } },
      { id: "2", name: "jwt" },
    ];
    expect(judged(leaf("ordering", { predicate: "not_set" }), { plugins })).toEqual([
      "global plugin jwt (2): ordering is not set",
    ]);
  });

  test("an object that contains itself, or too much, is open", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    circle["again"] = circle;
    expect(judged(leaf("config.*", { predicate: "matches", value: "x" }), given(circle))).toEqual({
      inputs: ["entities"],
      questions: [],
    });
  });
});

describe("what a plugin is known for", () => {
  test.each<{
    title: string;
    name: string;
    predicate: "looks_like_regex" | "alias_mismatch";
    config: object;
    is: unknown;
  }>([
    {
      title: "a regex in a field that is used as one",
      name: "bot-detection",
      predicate: "looks_like_regex",
      config: { deny: ["(bot|crawler)", "curl"] },
      is: ["global plugin bot-detection (1): config.deny[0] = (bot|crawler)"],
    },
    {
      title: "plain origins",
      name: "cors",
      predicate: "looks_like_regex",
      config: { origins: ["*", "https://a.b"] },
      is: "fails",
    },
    {
      title: "a regex elsewhere",
      name: "acl",
      predicate: "looks_like_regex",
      config: { allow: ["(a|b)"] },
      is: "fails",
    },
    {
      title: "an old and a new field that disagree",
      name: "rate-limiting",
      predicate: "alias_mismatch",
      config: { redis_host: "a", redis: { host: "b" } },
      is: ["global plugin rate-limiting (1): config.redis_host = a (config.redis.host is another)"],
    },
    {
      title: "an old and a new field that agree",
      name: "rate-limiting",
      predicate: "alias_mismatch",
      config: { redis_host: "a", redis_port: null, redis: { host: "a", port: 6_379 } },
      is: "fails",
    },
  ])("$title", ({ name, predicate, config, is }) => {
    const ask: Leaf = { kind: "plugin", name: "*", path: "config.*", predicate };
    expect(judged(ask, { plugins: [{ id: "1", name, config }] })).toEqual(is);
  });

  test("a regex and its form are asked of one field", () => {
    const all: readonly Leaf[] = [
      { kind: "plugin", name: "*", path: "config.*", predicate: "looks_like_regex" },
      { kind: "plugin", name: "*", path: "config.*", predicate: "matches", value: "K" },
    ];
    const plugin = (deny: readonly string[], note: string): Installation => ({
      plugins: [{ id: "1", name: "bot-detection", config: { deny, note } }],
    });
    expect(judged({ all }, plugin(["(a|b)"], "(K)"))).toBe("fails");
    expect(judged({ all }, plugin(["(a|b)", "(K|b)"], "K"))).toEqual([
      "global plugin bot-detection (1): config.deny[1] = (K|b)",
    ]);
  });
});

describe("against the target", () => {
  const plane: Leaf = { kind: "data_planes", path: "[*].version", predicate: "incompatible_with_target" };

  test.each([
    { version: "3.4.3.1", to: "3.4.3.5", isRefused: false },
    { version: "3.0.0.0", to: "3.4.3.5", isRefused: false },
    { version: "3.5.0.0", to: "3.4.3.5", isRefused: true },
    { version: "2.8.4.1", to: "3.4.3.5", isRefused: true },
    { version: "2.2.0", to: "2.3.0", isRefused: true },
    { version: "2.2.0", to: "2.4.0", isRefused: false },
    { version: "2.1.0", to: "2.4.0", isRefused: true },
    { version: "2.1.0", to: "2.8.5", isRefused: false },
  ])("a control plane $to and a data plane $version", ({ version, to, isRefused }) => {
    const texts = [`data plane dp-1: version = ${version}`];
    expect(judged(plane, { dataPlanes: [{ version }] }, hop("2.2.0", to))).toEqual(isRefused ? texts : "fails");
  });

  test("a data plane whose version cannot be read is open", () => {
    expect(judged(plane, { dataPlanes: [{ version: "dev" }] })).toEqual({ inputs: ["data_planes"], questions: [] });
  });

  test("the database server against the oldest that the target works with", () => {
    const ask: Leaf = { kind: "database_server", path: "version", predicate: "not_in_target_support_list" };
    const server = (kind: "postgres" | "cassandra", version: string): Installation => ({ database: { kind, version } });
    expect(judged(ask, server("postgres", "11.22"))).toEqual(["postgres: version = 11.22"]);
    expect(judged(ask, server("postgres", "15.18 (Debian)"))).toBe("fails");
    expect(judged(ask, server("cassandra", "3.11"))).toEqual(["cassandra: version = 3.11"]);
    expect(judged(ask, server("cassandra", "3.11"), hop("2.8.5", "3.3.1"))).toBe("fails");
  });

  test("the line of the running version against the target's", () => {
    const ask: Leaf = { kind: "version", path: "from", predicate: "minor_differs_from_target" };
    expect(judged(ask, {}, hop("3.4.2", "3.4.3.5"))).toBe("fails");
    expect(judged(ask, {}, hop("3.3.1", "3.4.3.5"))).toEqual(["the upgrade: from = 3.3.1"]);
  });

  test("a workspace that is called like a path of the Admin API", () => {
    const ask: Leaf = { kind: "workspace", path: "name", predicate: "in_admin_api_segments" };
    const entities = { workspace: [{ id: "w", name: "routes" }] };
    expect(judged(ask, { entities, adminApiSegments: ["routes"] })).toEqual(["workspace routes (w): name = routes"]);
    expect(judged(ask, { entities, adminApiSegments: ["services"] })).toBe("fails");
    expect(judged(ask, { entities })).toEqual({ inputs: ["entities"], questions: [] });
  });
});

describe("the length of a key", () => {
  test("is read from certificates and public keys", () => {
    expect(rsaBits(certificates.rsa1024)).toBe(1_024);
    expect(rsaBits(certificates.rsa2048)).toBe(2_048);
    expect(rsaBits(certificates.ec)).toBe("not_rsa");
    for (const modulusLength of [1_024, 2_047, 3_072]) {
      const { publicKey } = generateKeyPairSync("rsa", { modulusLength });
      expect(rsaBits(publicKey.export({ type: "spki", format: "pem" }).toString())).toBe(modulusLength);
    }
  });

  test("is not known where the text is cut, empty or something else", () => {
    const lines = certificates.rsa1024.split("\n");
    expect(rsaBits("")).toBeUndefined();
    expect(rsaBits([...lines.slice(0, 4), lines.at(-1)].join("\n"))).toBeUndefined();
    expect(rsaBits("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----")).toBeUndefined();
    expect(rsaBits("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----")).toBeUndefined();
  });
});
