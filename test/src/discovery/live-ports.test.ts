import { databaseOf } from "#src/plan/databases-of.ts";
import { createServer } from "node:http";
import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { databaseLogin } from "#src/discovery/kong-database.ts";
import { NoAnswer } from "#src/discovery/http-json.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { startInstallation } from "./installation.ts";

const ports = livePorts({ resolveSecret: () => Promise.resolve("x"), baseEnv: { PATH: "/usr/bin:/bin" } });

test("a command gets its own environment and nothing of ours, and its end is reported as it was", async () => {
  const output = await ports.runCommand({
    argv: ["/bin/sh", "-c", 'echo "$GREETING"; echo oops >&2; env | wc -l; exit 4'],
    env: { GREETING: "hello" },
    timeoutMs: 10_000,
  });
  expect(output).toMatchObject({ exitCode: 4, stderr: "oops", timedOut: false });
  expect(output.stdout).toMatch(/^hello\n/u);
  expect(Number(output.stdout.split("\n")[1])).toBeLessThan(8);
});

test("a command that takes too long goes with everything it started", async () => {
  const output = await ports.runCommand({
    argv: ["/bin/sh", "-c", "sleep 60 & echo $!; wait"],
    env: {},
    // Far more than a busy machine needs to start the two.
    timeoutMs: 2_000,
  });
  expect(output).toMatchObject({ exitCode: undefined, timedOut: true });
  expect(output.stdout).toMatch(/^\d+$/u);
  const grandchild = Number(output.stdout);
  await waitUntil("the grandchild is gone", () => !isAlive(grandchild));
});

test("a command that does not exist is an error", async () => {
  await expect(ports.runCommand({ argv: ["/nonexistent/kong"], env: {}, timeoutMs: 1_000 })).rejects.toThrow(/ENOENT/u);
});

test("SQL can only read, and sees one state", async () => {
  await using installation = await startInstallation();
  const { environment, ports: installed } = installation;
  const login = await databaseLogin(environment, { name: databaseOf(environment).name, as: "kong" }, installed);
  const ask = (statements: readonly string[]) => installed.querySql({ login, statements, timeoutMs: 10_000 });
  await expect(ask(["delete from routes"])).rejects.toThrow(/read-only transaction/u);
  expect(await ask(["select count(*)::int as n from routes", "select 1 as one"])).toStrictEqual([
    [{ n: 3 }],
    [{ one: 1 }],
  ]);
  await expect(installed.querySql({ login, statements: ["select pg_sleep(30)"], timeoutMs: 200 })).rejects.toThrow(
    /timeout/u,
  );
});

test.each(["GET", "POST"] as const)(
  "a kept connection that ends just when it is used again loses no %s",
  async (method) => {
    const seen = new WeakSet<Socket>();
    const server = createServer((request, response) => {
      if (seen.has(request.socket)) request.socket.resetAndDestroy();
      else response.end('{"ok":true}');
      seen.add(request.socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = z.object({ port: z.number() }).parse(server.address());
    for (let call = 0; call < 4; call += 1) {
      const answer = await ports.fetchJson({ url: `http://127.0.0.1:${port}/`, method, timeoutMs: 5_000 });
      expect(answer.body).toEqual({ ok: true });
    }
  },
);

test("an address that nobody listens on is named with the reason", async () => {
  await expect(ports.fetchJson({ url: "http://127.0.0.1:9/", timeoutMs: 5_000 })).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:9\/ did not answer: (?:connect ECONNREFUSED|bad port)/u,
  );
});

test("an Admin API that is slow, redirects or sends no JSON is bounded", async () => {
  const server = createServer((request, response) => {
    if (request.url === "/slow") return;
    if (request.url === "/moved") response.writeHead(302, { location: "http://127.0.0.1:1/" });
    response.end("<html>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  try {
    await expect(ports.fetchJson({ url: `http://127.0.0.1:${port}/slow`, timeoutMs: 200 })).rejects.toThrow(/timeout/u);
    expect(await ports.fetchJson({ url: `http://127.0.0.1:${port}/moved`, timeoutMs: 5_000 })).toStrictEqual({
      status: 302,
      body: undefined,
      text: "<html>",
    });
    expect(await ports.fetchJson({ url: `http://127.0.0.1:${port}/html`, timeoutMs: 5_000 })).toStrictEqual({
      status: 200,
      body: undefined,
      text: "<html>",
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a lost request says whether it may have arrived: never before there was a connection, always after", async () => {
  const arrival = (call: Parameters<typeof ports.fetchJson>[0]): Promise<unknown> =>
    ports.fetchJson(call).then(
      () => "answered",
      (error: unknown) => (error instanceof NoAnswer ? error.mayHaveArrived : error),
    );
  const server = createServer((request) => request.socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const post = { method: "POST", body: { a: 1 }, timeoutMs: 5_000 } as const;
  try {
    expect(await arrival({ ...post, url: `http://127.0.0.1:${port}/` })).toBe(true);
    // TLS is spoken to a server that has none: the handshake fails before anything is sent.
    expect(await arrival({ ...post, url: `https://127.0.0.1:${port}/` })).toBe(false);
    expect(await arrival({ ...post, url: "http://127.0.0.1:9/" })).toBe(false);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process any more.
    return false;
  }
}
