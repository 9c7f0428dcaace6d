import { expect, inject, test } from "vitest";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import { createDatabase } from "#test/support/database.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { readRecording, repeat } from "./recording.ts";
import { kongDatabase, runSql, startNode } from "./simulated-node.ts";

test.each([
  ["2.8.5", 404],
  ["3.4.2", 503],
])("with the database gone a %s node proxies on and reports it as recorded", async (version, readyStatus) => {
  const upstream = await startUpstream({ port: 0 });
  await using database = await kongDatabase(version, "recorded entities");
  await runSql(database.url, `update services set port = ${upstream.port}, path = null where name = 'orders'`);
  await using node = await startNode(version, database.url);
  const postgres = inject("postgresUrl");
  try {
    expect((await fetch(`${node.proxy}/orders`)).status).toBe(200);
    await runSql(postgres, `alter database ${database.name} allow_connections false`);
    await runSql(postgres, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database.name}'`);

    for (const call of ["root-db-gone", "services-db-gone"]) {
      const recorded = await readRecording(`${version}-${call}`);
      const answered = await repeat(recorded, node.admin);
      expect({ status: answered.status, body: JSON.parse(answered.text) as unknown }).toEqual({
        status: recorded.status,
        body: recorded.body,
      });
    }
    const status = await fetch(`${node.admin}/status`);
    expect(status.status).toBe(200);
    expect(await status.json()).toMatchObject({ database: { reachable: false } });
    const { status: ready } = await fetch(`${node.status}/status/ready`);
    expect(ready).toBe(readyStatus);
    expect((await fetch(`${node.proxy}/orders`)).status).toBe(200);

    await runSql(postgres, `alter database ${database.name} allow_connections true`);
    await waitUntil("the node to find its database again", async () => (await fetch(`${node.admin}/`)).ok);
  } finally {
    await upstream.stop();
  }
});

test("a node whose database does not answer is not ready, in the recorded words", async () => {
  const recorded = await readRecording("3.4.2-ready-db-gone");
  await using node = await startNode("3.4.2", "postgres://kong:kong@127.0.0.1:9/kong");
  const answered = await repeat(recorded, node.status);
  expect(answered.status).toBe(recorded.status);
  expect(JSON.parse(answered.text)).toEqual(recorded.body);
});

test("old workers of 3.4.2 on a 2.8.5 schema answer 500 on / while /status says reachable", async () => {
  await using database = await kongDatabase("2.8.5", "recorded entities");
  await using node = await startNode("3.4.2", database.url);
  expect((await fetch(`${node.admin}/`)).status).toBe(500);
  expect(await (await fetch(`${node.admin}/status`)).json()).toMatchObject({ database: { reachable: true } });
});

test("a 1.5.1 node says its version even on a database without Kong's tables", async () => {
  await using database = await createDatabase();
  await using node = await startNode("1.5.1", database.url);
  const root = await fetch(`${node.admin}/`);
  expect(await root.json()).toMatchObject({ version: "1.5.1", plugins: { enabled_in_cluster: [] } });
  expect(await (await fetch(`${node.admin}/routes`)).json()).toEqual({ data: [], next: null });
  expect((await fetch(`${node.proxy}/`)).status).toBe(404);
});
