import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { bundledIn, isBundled, priorityOf } from "#src/kong/bundled-plugins.ts";
import { enterprisePlugins } from "#src/kong/bundled/enterprise-plugins.ts";
import { ossPlugins } from "#src/kong/bundled/oss-plugins.ts";
import { linesOf, versionsOf } from "#src/kong/releases.ts";
import { compareVersions, parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

/** `plugins.available_on_server` as a real Kong of that version answered it. */
function recorded(text: string): Readonly<Record<string, number | undefined>> {
  const path = new URL(`../../../practice/kong/gateway/profiles/${text}.json`, import.meta.url);
  const plugin = z.union([z.literal(true), z.object({ priority: z.number() })]);
  const { available_plugins: plugins } = z
    .object({ recorded: z.literal(true), available_plugins: z.record(z.string(), plugin) })
    .parse(JSON.parse(readFileSync(path, "utf8")));
  return Object.fromEntries(
    Object.entries(plugins).map(([name, told]) => [name, told === true ? undefined : told.priority]),
  );
}

test.each(["2.8.5", "3.0.2", "3.4.2", "3.9.3"])("OSS %s ships exactly what a real one tells", (text) => {
  const names = bundledIn(version(text), "oss").map(({ name }) => name);
  expect(names).toStrictEqual(Object.keys(recorded(text)).toSorted());
});

test.each(["3.0.2", "3.4.2", "3.9.3"])("the priorities of OSS %s are those that a real one tells", (text) => {
  const known = Object.fromEntries(bundledIn(version(text), "oss").map(({ name, priority }) => [name, priority]));
  expect(known).toStrictEqual(recorded(text));
});

describe("a plugin name", () => {
  test.each([
    ["redirect", "3.8.1", "oss", false],
    ["redirect", "3.9.0", "oss", true],
    ["redirect", "3.9.0.0", "enterprise", true],
    ["opentelemetry", "2.8.5", "oss", false],
    ["openid-connect", "3.4.2", "oss", false],
    ["openid-connect", "3.4.3.5", "enterprise", true],
    ["datakit", "3.10.0.17", "enterprise", false],
    ["datakit", "3.11.0.0", "enterprise", true],
    ["collector", "2.8.4.14", "enterprise", true],
    ["collector", "3.0.0.0", "enterprise", false],
    ["acl", "3.15.0.4", "enterprise", true],
    ["our-own", "3.4.2", "oss", false],
  ] as const)("%s in %s %s is bundled: %s", (name, text, edition, answer) => {
    expect(isBundled(name, version(text), edition)).toBe(answer);
  });

  test("has one row", () => {
    const names = [...ossPlugins, ...enterprisePlugins].map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

test.each([
  ["jwt", "2.8.5", "oss", 1005],
  ["jwt", "3.0.0", "oss", 1450],
  ["pre-function", "2.8.5", "oss", Number.POSITIVE_INFINITY],
  ["pre-function", "3.0.0", "oss", 1_000_000],
  ["aws-lambda", "2.4.1", "oss", undefined],
  ["correlation-id", "3.8.1", "oss", 1],
  ["correlation-id", "3.9.0", "oss", 100_001],
  ["correlation-id", "3.4.3.5", "enterprise", undefined],
  ["openid-connect", "2.8.4.1", "enterprise", 1000],
  ["openid-connect", "3.0.0.0", "enterprise", 1050],
  ["saml", "3.4.3.0", "enterprise", 900],
  ["saml", "3.4.3.1", "enterprise", 1010],
  ["saml", "3.5.0.1", "enterprise", 900],
  ["service-protection", "3.10.0.9", "enterprise", 915],
  ["service-protection", "3.10.0.10", "enterprise", 901],
  ["standard-webhooks", "3.14.0.0", "enterprise", 759],
  ["redirect", "3.8.1", "oss", undefined],
] as const)("the priority of %s in %s %s is %s", (name, text, edition, priority) => {
  expect(priorityOf(name, version(text), edition)).toBe(priority);
});

test("histories rise, and begin no earlier than their plugin", () => {
  const whole = (bound: string): Version => version(bound.split(".").length === 2 ? `${bound}.0` : bound);
  for (const [name, since, priorities, until] of [...ossPlugins, ...enterprisePlugins]) {
    const bounds = [...priorities.map(([from]) => whole(from)), ...(until === undefined ? [] : [whole(until)])];
    expect({ name, bounds }).toStrictEqual({ name, bounds: bounds.toSorted(compareVersions) });
    expect(bounds.every((bound) => compareVersions(bound, whole(since)) >= 0)).toBe(true);
  }
});

test("Enterprise ships everything that OSS of the same line ships", () => {
  for (const line of linesOf("oss")) {
    for (const release of versionsOf(line)) {
      const names = new Set(bundledIn(release, "enterprise").map(({ name }) => name));
      expect(bundledIn(release, "oss").filter(({ name }) => !names.has(name))).toStrictEqual([]);
    }
  }
});
