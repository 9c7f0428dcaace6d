import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openKongWorld } from "./support/kong-world.ts";
import type { Ended, KongWorld } from "./support/kong-world.ts";
import { bootstrapped, filledBy28, serveFile } from "./support/world-states.ts";

let world: KongWorld;

beforeAll(async () => {
  world = await openKongWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

function config(...words: readonly string[]): Promise<Ended> {
  return world.kong("2.8.5", ["kong", "config", ...words]);
}

function inServed(name: string): string {
  return join(world.folder, "srv", name);
}

const everything = `select jsonb_build_object(
  'services', (select jsonb_agg(to_jsonb(s) - 'ws_id' order by id) from services s),
  'routes', (select jsonb_agg(to_jsonb(r) - 'ws_id' order by id) from routes r),
  'plugins', (select jsonb_agg(to_jsonb(p) - 'ws_id' - 'cache_key' order by id) from plugins p),
  'consumers', (select jsonb_agg(to_jsonb(c) - 'ws_id' order by id) from consumers c),
  'keys', (select jsonb_agg(to_jsonb(k) - 'ws_id' order by id) from keyauth_credentials k),
  'targets', (select jsonb_agg(to_jsonb(t) - 'ws_id' order by id) from targets t)) as content`;

test("an export imported into an empty database gives the same entities", async () => {
  await filledBy28(world);
  const before = await world.admin.query(everything);
  expect(await config("db_export", inServed("all.yml"))).toMatchObject({ exitCode: 0, stdout: "" });
  expect(await readFile(inServed("all.yml"), "utf8")).toMatch(/^_format_version: "2.1"\n/);
  await bootstrapped(world, "2.8.5");
  expect(await config("db_import", inServed("all.yml"))).toMatchObject({ exitCode: 0 });
  expect((await world.admin.query(everything)).rows).toEqual(before.rows);
});

test("a file written by hand may nest entities and name them", async () => {
  await bootstrapped(world, "2.8.5");
  await serveFile(
    world,
    "nested.yml",
    `_format_version: "2.1"
services:
- name: orders
  host: orders.example
  routes:
  - name: orders
    paths: [/orders]
plugins:
- name: key-auth
  route: orders
`,
  );
  expect(await config("db_import", inServed("nested.yml"))).toMatchObject({ exitCode: 0 });
  const { rows } = await world.admin.query(
    "select s.name as service, r.name as route, p.name as plugin from services s join routes r on r.service_id = s.id join plugins p on p.route_id = r.id",
  );
  expect(rows).toEqual([{ service: "orders", route: "orders", plugin: "key-auth" }]);
});

test("an import that the database refuses changes nothing", async () => {
  await bootstrapped(world, "2.8.5");
  await serveFile(
    world,
    "twice.yml",
    '_format_version: "2.1"\nservices:\n- {name: a, host: h}\n- {name: a, host: h}\n',
  );
  expect((await config("db_import", inServed("twice.yml"))).exitCode).toBe(1);
  expect((await world.admin.query("select 1 from services")).rows).toEqual([]);
});

test("init writes a sample once", async () => {
  expect(await config("init", inServed("sample.yml"))).toMatchObject({ exitCode: 0 });
  expect(await config("parse", inServed("sample.yml"))).toMatchObject({ exitCode: 0, stdout: "parse successful\n" });
  expect(await config("init", inServed("sample.yml"))).toMatchObject({ exitCode: 1 });
});
