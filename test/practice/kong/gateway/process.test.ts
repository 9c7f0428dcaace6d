import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { z } from "zod";
import { waitUntil } from "#test/support/wait-until.ts";
import { kongDatabase, migrate, prepareNode, runSql, startSlowUpstream } from "./simulated-node.ts";
import type { Prepared } from "./simulated-node.ts";

const main = join(import.meta.dirname, "../../../../practice/kong/gateway/main.ts");
const pids = z.object({ pids: z.object({ master: z.number(), workers: z.array(z.number()) }), node_id: z.string() });

function spawnGateway(node: Prepared, version: string) {
  const child = execa(process.execPath, [main, "--prefix", node.prefix, "--version", version], {
    reject: false,
    timeout: 150_000,
    killSignal: "SIGKILL",
  });
  const pidFile = join(node.prefix, "pids", "nginx.pid");
  return {
    child,
    pidFile,
    started: () => waitUntil("the pid file", () => existsSync(pidFile)),
    information: async () => pids.parse(await (await fetch(`${node.admin}/`)).json()),
    errorLog: () => readFile(join(node.prefix, "logs", "error.log"), "utf8"),
  };
}

/** Children of a master, before it tells of them. */
async function workersOf(master: number | undefined): Promise<readonly string[]> {
  const { stdout } = await execa("ps", ["-o", "pid=", "--ppid", String(master)], { reject: false, timeout: 60_000 });
  return stdout.split("\n").filter((line) => line.trim() !== "");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ["SIGTERM", "cut"],
  ["SIGQUIT", "late"],
] as const)("%s: a running request ends as %s, and no process and no pid file is left", async (signal, expected) => {
  const upstream = await startSlowUpstream();
  await using database = await kongDatabase("2.8.5", "recorded entities");
  await runSql(database.url, `update services set port = ${upstream.port}, path = null where name = 'orders'`);
  await using node = await prepareNode(database.url);
  const gateway = spawnGateway(node, "2.8.5");
  try {
    await gateway.started();
    const running = await gateway.information();
    expect(Number(await readFile(gateway.pidFile, "utf8"))).toBe(gateway.child.pid);
    expect(running.pids.master).toBe(gateway.child.pid);
    const answer = fetch(`${node.proxy}/orders`).then(
      (response) => response.text(),
      () => "cut",
    );
    await waitUntil("the request in the upstream", () => upstream.waiting() > 0);
    gateway.child.kill(signal);
    await waitUntil("the listeners to close", () =>
      fetch(`${node.admin}/status`).then(
        () => false,
        () => true,
      ),
    );
    upstream.release();
    expect(await answer).toBe(expected);
    expect((await gateway.child).exitCode).toBe(0);
    expect(existsSync(gateway.pidFile)).toBe(false);
    expect(running.pids.workers.filter(isAlive)).toEqual([]);
  } finally {
    gateway.child.kill("SIGKILL");
    await upstream.stop();
  }
});

test("HUP brings a new worker; with migrations missing it logs the init error and keeps the old one", async () => {
  await using database = await kongDatabase("2.8.5", "recorded entities");
  await migrate("3.4.2", "up", database.url);
  await using node = await prepareNode(database.url);
  const gateway = spawnGateway(node, "3.4.2");
  try {
    await gateway.started();
    const first = await gateway.information();
    gateway.child.kill("SIGHUP");
    const second = await waitUntil("another worker", async () => {
      // The old worker takes connections that were kept open with it.
      const now = await gateway.information().catch(() => undefined);
      return now?.pids.workers.length === 1 && now.pids.workers[0] !== first.pids.workers[0] && now;
    });
    expect(second.pids.master).toBe(first.pids.master);
    expect(second.node_id).toBe(first.node_id);

    await runSql(
      database.url,
      "update schema_meta set executed = array_remove(executed, '020_330_to_340'), last_executed = '019_320_to_330' where subsystem = 'core'",
    );
    gateway.child.kill("SIGHUP");
    await waitUntil("the error in the log", async () =>
      (await gateway.errorLog()).includes(
        "init_by_lua error: /usr/local/share/lua/5.1/kong/cmd/utils/migrations.lua:20: New migrations available; run 'kong migrations up' to proceed",
      ),
    );
    expect((await gateway.information()).pids.workers).toEqual(second.pids.workers);
  } finally {
    gateway.child.kill("SIGTERM");
    await gateway.child;
  }
});

test("QUIT right after HUP ends the node, new worker and all, as nginx obeys one signal after the other", async () => {
  await using database = await kongDatabase("2.8.5", "empty");
  await using node = await prepareNode(database.url);
  const gateway = spawnGateway(node, "2.8.5");
  await gateway.started();
  const before = await workersOf(gateway.child.pid);
  gateway.child.kill("SIGHUP");
  await waitUntil("a new worker", async () =>
    (await workersOf(gateway.child.pid)).some((worker) => !before.includes(worker)),
  );
  gateway.child.kill("SIGQUIT");
  expect((await gateway.child).exitCode).toBe(0);
  expect(existsSync(gateway.pidFile)).toBe(false);
});

test("a taken port ends the start with nginx's lines and exit 1", async () => {
  await using database = await kongDatabase("2.8.5", "empty");
  await using node = await prepareNode(database.url);
  const other = createServer().listen(node.ports.proxy, "127.0.0.1");
  try {
    const ended = await spawnGateway(node, "2.8.5").child;
    const line = `nginx: [emerg] bind() to 127.0.0.1:${node.ports.proxy} failed (98: Address already in use)`;
    expect(ended.stderr).toBe([line, line, line, line, line, "nginx: [emerg] still could not bind()"].join("\n"));
    expect(ended.exitCode).toBe(1);
    expect(existsSync(join(node.prefix, "pids", "nginx.pid"))).toBe(false);
  } finally {
    other.close();
  }
});

test("a worker that dies is replaced, and a killed master leaves no worker behind", async () => {
  await using database = await kongDatabase("2.8.5", "empty");
  await using node = await prepareNode(database.url);
  const gateway = spawnGateway(node, "2.8.5");
  await gateway.started();
  const [first = 0] = (await gateway.information()).pids.workers;
  process.kill(first, "SIGKILL");
  const [second = 0] = await waitUntil("another worker", async () => {
    const found = await gateway.information().catch(() => undefined);
    return found !== undefined && found.pids.workers[0] !== first && found.pids.workers;
  });
  gateway.child.kill("SIGKILL");
  await gateway.child;
  await waitUntil("the worker to end", () => !isAlive(second));
  // As with nginx, a killed master leaves its pid file.
  expect(existsSync(gateway.pidFile)).toBe(true);
});

test("a version that is not simulated is refused by name", async () => {
  await using node = await prepareNode("postgres://a:b@127.0.0.1:1/none");
  const ended = await spawnGateway(node, "9.9.9").child;
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).toContain("no simulated gateway for Kong 9.9.9; there is one for 1.5.1, 2.8.5");
});
