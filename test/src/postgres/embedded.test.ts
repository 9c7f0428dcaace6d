import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, test } from "vitest";
import { freePorts } from "#practice/world/free-ports.ts";
import { removeEmbeddedPostgres, startEmbeddedPostgres } from "#src/postgres/embedded.ts";

test("a running server is adopted, and data and port survive a stop and a start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-embedded-"));
  const [port = 0] = await freePorts(1);
  const first = await startEmbeddedPostgres({ dataDir: folder, durable: false, port });
  try {
    expect(first.port).toBe(port);
    await query(first.url, "create table kept as select 42 as answer");
    const adopted = await startEmbeddedPostgres({ dataDir: folder, durable: false });
    expect(adopted.port).toBe(port);
    await first.stop();
    const again = await startEmbeddedPostgres({ dataDir: folder, durable: false });
    expect(again.port).toBe(port);
    expect(await query(again.url, "select answer from kept")).toEqual([{ answer: 42 }]);
    await again.stop();
  } finally {
    await removeEmbeddedPostgres(folder);
  }
});

test("a server that was killed a moment ago and is not collected yet is not adopted but started again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-embedded-"));
  try {
    const first = await startEmbeddedPostgres({ dataDir: folder, durable: false });
    const pidFile = join(first.dataDir, "cluster", "postmaster.pid");
    const left = await readFile(pidFile, "utf8");
    await first.stop();
    // What a killed server leaves behind: its file, and a process that is nothing any more but still has its number.
    const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const remains = spawn("sleep", ["30"], { ...account, stdio: "ignore", cwd: "/" });
    await writeFile(pidFile, left.replace(/^\d+/u, String(remains.pid)));
    const starting = startEmbeddedPostgres({ dataDir: folder, durable: false });
    setTimeout(() => remains.kill("SIGKILL"), 300);
    const again = await starting;
    expect(await query(again.url, "select 1 as one")).toEqual([{ one: 1 }]);
    await again.stop();
  } finally {
    await removeEmbeddedPostgres(folder);
  }
});

test("data that lies elsewhere goes when its folder was deleted", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-embedded-"));
  try {
    const first = await startEmbeddedPostgres({ dataDir: folder, durable: false });
    await query(first.url, "create table kept as select 42 as answer");
    await rm(folder, { recursive: true });
    await mkdir(folder, { mode: 0o700 });
    const fresh = await startEmbeddedPostgres({ dataDir: folder, durable: false });
    await expect(query(fresh.url, "select answer from kept")).rejects.toThrow("does not exist");
    await fresh.stop();
  } finally {
    await removeEmbeddedPostgres(folder);
  }
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
