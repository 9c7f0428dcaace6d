import { expect, test } from "vitest";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import { kongDatabase, migrate, runSql, startNode } from "./simulated-node.ts";

/** The statuses that a real 2.8.5 and a real 3.4.2 gave for these paths in every state they could start in. */
const recordedStatuses = { "/users/12/profile": 401, "/users-v2": 401, "/orders": 200 };
const before = [["/orders"], [String.raw`/users/\d+/profile$`, "/users-v2"]];
const after = [["/orders"], [String.raw`~/users/\d+/profile$`, "/users-v2"]];

test("a regex route made on 2.8.5 is served by both versions in every migration state", async () => {
  const upstream = await startUpstream({ port: 0 });
  await using database = await kongDatabase("2.8.5", "recorded entities");
  await runSql(database.url, `update services set port = ${upstream.port}, path = '/status/200' where name = 'orders'`);

  async function statuses(version: string): Promise<Record<string, number>> {
    await using node = await startNode(version, database.url);
    const found: Record<string, number> = {};
    for (const path of Object.keys(recordedStatuses)) found[path] = (await fetch(node.proxy + path)).status;
    return found;
  }
  const paths = async () =>
    (await runSql(database.url, "select paths from routes order by name")).map((row) => row["paths"]);

  try {
    expect(await paths()).toEqual(before);
    expect(await statuses("2.8.5")).toEqual(recordedStatuses);
    // Before `up`, the path is plain text to 3.4.2: why it may not start there (and the real one refuses to).
    expect(await statuses("3.4.2")).toEqual({ ...recordedStatuses, "/users/12/profile": 404 });

    await migrate("3.4.2", "up", database.url);
    expect(await paths()).toEqual(after);
    expect(await statuses("2.8.5")).toEqual(recordedStatuses);
    expect(await statuses("3.4.2")).toEqual(recordedStatuses);
    // 1.5.1 does not know the tilde: its regex routes break right after `up`, like those of 2.8.0 and 2.8.1.
    expect(await statuses("1.5.1")).toEqual({ ...recordedStatuses, "/users/12/profile": 404 });

    await migrate("3.4.2", "finish", database.url);
    expect(await paths()).toEqual(after);
    expect(await statuses("3.4.2")).toEqual(recordedStatuses);
    expect(await statuses("2.8.5")).toEqual(recordedStatuses);
  } finally {
    await upstream.stop();
  }
});
