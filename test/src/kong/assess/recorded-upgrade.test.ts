import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { discover } from "#src/discovery/discover.ts";
import { readFiles } from "#src/discovery/files/read-files.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import { assess } from "#src/kong/assess/assess.ts";
import type { Finding } from "#src/kong/finding.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import { startAdminServer } from "#test/src/discovery/admin-server.ts";
import { folderWith } from "#test/src/discovery/files/folder.ts";
import { sampleEnvironment } from "#test/src/plan/sample.ts";
import { hop } from "./judged.ts";

// What a check says before an upgrade against what Kong's migrations were recorded to do; README.md tells the origin.
const rowsSchema = z.object({
  services: z.array(z.looseObject({ id: z.string() })),
  routes: z.array(z.looseObject({ id: z.string(), name: z.string(), paths: z.array(z.string()) })),
  plugins: z.array(z.looseObject({ id: z.string(), name: z.string(), config: z.record(z.string(), z.unknown()) })),
});
type Rows = z.infer<typeof rowsSchema>;

const states = ["2.8.5", "3.4.2 after up", "3.4.2 after finish", "3.9.3 after finish"] as const;
const recordedFile = join(import.meta.dirname, "recorded-upgrade", "rows.json");
const recorded = z.record(z.enum(states), rowsSchema).parse(JSON.parse(await readFile(recordedFile, "utf8")));

const upgrades = [
  { from: "2.8.5", to: "3.4.2", before: recorded["2.8.5"], after: recorded["3.4.2 after finish"] },
  { from: "3.4.2", to: "3.9.3", before: recorded["3.4.2 after finish"], after: recorded["3.9.3 after finish"] },
] as const;

/** The rows as a declarative file of the running version. */
async function asFile(rows: Rows, format: "1.1" | "3.0" = "1.1"): Promise<Inventory> {
  const text = JSON.stringify({ _format_version: format, ...rows }, undefined, 2);
  const folder = await folderWith({ "kong.json": text });
  return (await readFiles({ declarative: [join(folder, "kong.json")] }, "2026-11-26")).inventory;
}

/** The rows as the Admin API of 2.8.5 answers them. */
async function asAdminApi(rows: Rows): Promise<Inventory> {
  await using server = await startAdminServer((asked) => {
    const [path = ""] = asked.split("?");
    const root = {
      version: "2.8.5",
      configuration: { database: "postgres", role: "traditional" },
      plugins: { available_on_server: Object.fromEntries(rows.plugins.map(({ name }) => [name, true])) },
    };
    const bodies: Readonly<Record<string, unknown>> = {
      "/": root,
      "/status": { database: { reachable: true } },
      "/upstreams": { data: [], next: null },
      ...Object.fromEntries(Object.entries(rows).map(([list, data]) => [`/${list}`, { data, next: null }])),
    };
    return bodies[path];
  });
  const sample = sampleEnvironment();
  const nodes = sample.nodes.slice(0, 1).map((node) => Object.assign(node, { admin: server.url }));
  const ports = livePorts({ resolveSecret: () => Promise.resolve(""), baseEnv: {} });
  const { inventory } = await discover({ ...sample, nodes }, ports, "admin_api");
  return inventory;
}

/** What the evidence of a hazard points at, e.g. `users-regex paths[0] /users/\d+`. */
function evidenceOf(findings: readonly Finding[], id: string): readonly string[] {
  const found = findings.find((finding) => finding.id === id && finding.kind === "finding");
  return (found?.evidence ?? []).map((piece) =>
    typeof piece === "string" ? piece : [piece.name, piece.field, piece.value].join(" "),
  );
}

/** Paths that are another one afterwards, in the same words. */
function rewrittenPaths(before: Rows, after: Rows): readonly string[] {
  return before.routes.flatMap(({ id, name, paths }) => {
    const now = after.routes.find((route) => route.id === id)?.paths ?? [];
    return paths.flatMap((path, index) => (now[index] === path ? [] : [`${name} paths[${index}] ${path}`]));
  });
}

/** Fields of plugins that held something and hold something else, or nothing, afterwards. */
function changedFields(before: Rows, after: Rows): readonly string[] {
  return before.plugins.flatMap(({ id, name, config }) => {
    const now = after.plugins.find((plugin) => plugin.id === id)?.config ?? {};
    return Object.entries(config)
      .filter(([field, value]) => !isEmpty(value) && !isDeepStrictEqual(value, now[field]))
      .map(([field]) => `${name} ${field}`);
  });
}

/** Lua writes an empty list as an empty object too. */
function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

test("the recorded migrations changed what this file is about", () => {
  expect(upgrades.map(({ before, after }) => [rewrittenPaths(before, after), changedFields(before, after)])).toEqual([
    [[String.raw`users-regex paths[0] /users/\d+/profile$`], ["http-log headers", "pre-function functions"]],
    [[], ["ssl", "port", "timeout", "database", "ssl_verify"].map((field) => `rate-limiting redis_${field}`)],
  ]);
});

test.each(["file", "Admin API"] as const)(
  "every path that the migration rewrote is evidence, and no other, read from a %s",
  async (origin) => {
    const before = recorded["2.8.5"];
    const inventory = origin === "file" ? await asFile(before) : await asAdminApi(before);
    const { findings } = assess(inventory, hop("2.8.5", "3.4.2"));
    expect(evidenceOf(findings, "30-route-regex-tilde")).toEqual(
      rewrittenPaths(before, recorded["3.4.2 after finish"]),
    );
  },
);

test("the paths are rewritten by up already, as the finding says", () => {
  const before = recorded["2.8.5"];
  expect(rewrittenPaths(before, recorded["3.4.2 after up"])).toEqual(
    rewrittenPaths(before, recorded["3.4.2 after finish"]),
  );
});

const hazardOf: Readonly<Record<string, string>> = {
  "http-log": "30-http-log-headers",
  "pre-function": "30-serverless-functions",
  "rate-limiting": "36-redis-schema",
};

/** The fields that these hazards point at, e.g. `http-log headers`. */
function toldFields(
  inventory: Inventory,
  { from, to }: { readonly from: string; readonly to: string },
): readonly string[] {
  const { findings } = assess(inventory, hop(from, to));
  const told = Object.values(hazardOf).flatMap((id) => evidenceOf(findings, id));
  return told.map((line) => line.replace(/^(\S+) config\.([^.\s]+).*$/su, "$1 $2")).toSorted();
}

test.each(upgrades)("every field that $from → $to changed is evidence in a file, and no other", async (upgrade) => {
  const { before, after } = upgrade;
  expect(toldFields(await asFile(before), upgrade)).toEqual(changedFields(before, after).toSorted());
});

test("of fields in the database the check tells those that the new version does not have any more", async () => {
  const [first, second] = upgrades;
  expect(toldFields(await asAdminApi(first.before), first)).toEqual(changedFields(first.before, first.after));
  // The Redis fields move within the database and keep their old names as aliases; only files and scripts go on using these.
  expect(toldFields(await asAdminApi(second.before), second)).toEqual([]);
});

test("rows that are upgraded already have none of it any more", async () => {
  for (const rows of [recorded["3.4.2 after finish"], recorded["3.9.3 after finish"]]) {
    const { findings } = assess(await asFile(rows, "3.0"), hop("2.8.5", "3.9.3"));
    const ids = new Set([
      "30-route-regex-tilde",
      "30-http-log-headers",
      "30-serverless-functions",
      "30-format-version",
    ]);
    expect(findings.filter(({ id }) => ids.has(id))).toEqual([]);
  }
});

test("rows between up and finish would get a second ~ if they were migrated again", async () => {
  const { findings } = assess(await asFile(recorded["3.4.2 after up"], "1.1"), hop("2.8.5", "3.4.2"));
  expect(evidenceOf(findings, "30-route-double-tilde")).toContain(
    String.raw`users-regex paths[0] ~/users/\d+/profile$`,
  );
});
