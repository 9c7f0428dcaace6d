import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { readCatalogue } from "./support/catalogue.ts";
import { openKongWorld } from "./support/kong-world.ts";
import type { KongWorld } from "./support/kong-world.ts";
import { filledBy28, prepare } from "./support/world-states.ts";

const folder = join(import.meta.dirname, "dumps");
const recordedMeta = z.array(
  z.strictObject({
    subsystem: z.string(),
    last_executed: z.string().nullable(),
    executed: z.array(z.string()).nullable(),
    pending: z.array(z.string()).nullable(),
  }),
);

interface Seen {
  readonly meta: unknown;
  readonly catalogue: readonly string[];
  readonly routes: ReadonlyMap<string, unknown>;
  readonly plugins: ReadonlyMap<string, unknown>;
  readonly targets: readonly unknown[];
}

let world: KongWorld;
const seen = new Map<string, Seen>();

beforeAll(async () => {
  world = await openKongWorld();
  const look = async (state: string) => seen.set(state, await lookAt(world));
  await filledBy28(world);
  await look("2.8.5");
  await prepare(world, "3.0.2", "migrations", "up");
  await prepare(world, "3.0.2", "migrations", "finish");
  await look("3.0.2-finished");
  await filledBy28(world);
  await prepare(world, "3.4.2", "migrations", "up");
  await look("3.4.2-pending");
  await prepare(world, "3.4.2", "migrations", "finish");
  await look("3.4.2-finished");
  await prepare(world, "3.9.3", "migrations", "up");
  await prepare(world, "3.9.3", "migrations", "finish");
  await look("3.9.3-finished");
});

afterAll(() => world[Symbol.asyncDispose]());

const states = ["2.8.5", "3.0.2-finished", "3.4.2-pending", "3.4.2-finished", "3.9.3-finished"] as const;

test.each(states)("schema_meta holds the rows of a real database: %s", (state) => {
  const recorded = recordedMeta.parse(JSON.parse(readFileSync(join(folder, `schema-meta-${state}.json`), "utf8")));
  expect(stateOf(state).meta).toEqual(recorded);
});

test.each(states)("tables, constraints, indexes and triggers are those of a real database: %s", (state) => {
  expect(stateOf(state).catalogue).toEqual(recordedCatalogue(state));
});

test("up alone marks regular expressions with ~ and normalises plain paths", () => {
  const { routes } = stateOf("3.4.2-pending");
  expect(routes.get("orders-plain")).toEqual(["/orders"]);
  expect(routes.get("users-regex")).toEqual(["~/users/\\d+/profile$", "/users-v2"]);
  expect(routes.get("files-accents")).toEqual(["/files/caf%C3%A9"]);
  expect(routes.get("files-reports")).toEqual(["/files/~reports", "/files/my%20report"]);
});

test("pre-function has its code in both places between up and finish", () => {
  const code = ['kong.response.set_header("X-Practice", "1")'];
  expect(stateOf("2.8.5").plugins.get("pre-function")).toMatchObject({ functions: code, access: [] });
  expect(stateOf("3.4.2-pending").plugins.get("pre-function")).toMatchObject({ functions: code, access: code });
  expect(stateOf("3.4.2-finished").plugins.get("pre-function")).not.toHaveProperty("functions");
  expect(stateOf("3.4.2-finished").plugins.get("pre-function")).toMatchObject({ access: code });
});

test("http-log keeps its header lists until finish joins them", () => {
  const lists = { "X-Team": ["platform", "practice"], "X-Empty": [] };
  expect(stateOf("3.4.2-pending").plugins.get("http-log")).toMatchObject({ headers: lists });
  expect(stateOf("3.4.2-finished").plugins.get("http-log")).toHaveProperty("headers", {
    "X-Team": "platform, practice",
  });
});

test("finish deletes the older of two targets with one address", () => {
  expect(stateOf("3.4.2-pending").targets).toHaveLength(2);
  expect(stateOf("3.4.2-finished").targets).toHaveLength(1);
});

test("3.9 moves the redis settings of rate-limiting into a record of their own", () => {
  const config = stateOf("3.9.3-finished").plugins.get("rate-limiting");
  expect(config).toHaveProperty("redis.port", 6379);
  expect(config).not.toHaveProperty("redis_port");
});

test("whitelist leftovers survive the upgrade untouched", () => {
  expect(stateOf("3.4.2-finished").plugins.get("ip-restriction")).toHaveProperty("whitelist");
});

function stateOf(state: string): Seen {
  const found = seen.get(state);
  if (found === undefined) throw new Error(`nobody looked at ${state}`);
  return found;
}

function recordedCatalogue(state: string): readonly string[] {
  const base = lines("catalogue-2.8.5.txt");
  if (state === "2.8.5") return base;
  const difference = lines(`catalogue-${state}.diff`);
  const gone = new Set(difference.filter((line) => line.startsWith("- ")).map((line) => line.slice(2)));
  const added = difference.filter((line) => line.startsWith("+ ")).map((line) => line.slice(2));
  return [...base.filter((line) => !gone.has(line)), ...added].sort();
}

function lines(file: string): readonly string[] {
  return readFileSync(join(folder, file), "utf8").trimEnd().split("\n");
}

async function lookAt(place: KongWorld): Promise<Seen> {
  const meta = await place.admin.query(
    "select subsystem, last_executed, executed, pending from schema_meta order by subsystem",
  );
  const routes = await place.admin.query<{ readonly name: string; readonly paths: unknown }>(
    "select name, paths from routes",
  );
  const plugins = await place.admin.query<{ readonly name: string; readonly config: unknown }>(
    "select name, config from plugins",
  );
  const targets = await place.admin.query("select target from targets");
  return {
    meta: meta.rows,
    catalogue: await readCatalogue(place.admin),
    routes: new Map(routes.rows.map(({ name, paths }) => [name, paths])),
    plugins: new Map(plugins.rows.map(({ name, config }) => [name, config])),
    targets: targets.rows,
  };
}
