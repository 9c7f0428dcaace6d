import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { startTraffic } from "#practice/kong/traffic/traffic.ts";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import { freePorts } from "#practice/world/free-ports.ts";
import { waitUntil } from "#test/support/wait-until.ts";

test("clients count what the upstream answers and what they did not expect, per node and in total", async () => {
  const upstream = await startUpstream({ port: 0 });
  const proxy = `http://127.0.0.1:${upstream.port}`;
  const traffic = await startTraffic({
    port: 0,
    nodes: [
      { name: "up", proxy },
      { name: "down", proxy: "http://127.0.0.1:9" },
    ],
    requests: [{ path: "/good" }, { path: "/status/404", expect: [404] }, { path: "/status/503", expect: [503] }],
    perSecond: 50,
  });
  try {
    const report = await waitUntil("nine answered requests", () => {
      const now = traffic.report();
      return (now.nodes["up"]?.requests ?? 0) >= 9 && (now.nodes["down"]?.requests ?? 0) >= 9 && now;
    });
    const up = report.nodes["up"];
    const down = report.nodes["down"];
    // Every third request gets 503: an error even though it is listed as expected, like any 5xx.
    expect(up?.errors).toBeGreaterThanOrEqual(2);
    expect(up?.errors).toBeLessThan(up?.requests ?? 0);
    expect(down?.error_rate).toBe(1);
    expect(report.total.requests).toBe((up?.requests ?? 0) + (down?.requests ?? 0));
    expect(report.last_errors.some((error) => error.error.includes("ECONNREFUSED"))).toBe(true);
    const served = await fetch(`http://127.0.0.1:${traffic.port}/?window=30`);
    expect(await served.json()).toMatchObject({ window_seconds: 30, total: { since_start: {} } });
    const query = 'sum(rate({__name__=~"kong_http_requests_total|kong_http_status",code!=""}[1m]))';
    const asked = await fetch(
      `http://127.0.0.1:${traffic.port}/api/v1/query?${new URLSearchParams({ query }).toString()}`,
    );
    expect(await asked.json()).toMatchObject({
      status: "success",
      data: { result: [{ value: [expect.any(Number), expect.stringMatching(/^[1-9]/u)] }] },
    });
  } finally {
    await traffic.stop();
    await upstream.stop();
  }
});

test("the entry point serves the figures of a configuration file and ends on TERM", async () => {
  const folder = await mkdtemp(join(tmpdir(), "traffic-"));
  const [port = 0] = await freePorts(1);
  const config = join(folder, "traffic.json");
  await writeFile(
    config,
    JSON.stringify({
      upstream: { port },
      nodes: [{ name: "only", proxy: `http://127.0.0.1:${port}` }],
      requests: [{ path: "/x" }],
      per_second: 50,
    }),
  );
  const running = execa(process.execPath, ["practice/kong/traffic/main.ts", "--port", "0", "--config", config], {
    reject: false,
    timeout: 150_000,
  });
  try {
    let printed = "";
    running.stdout.on("data", (chunk) => {
      printed += String(chunk);
    });
    const address = await waitUntil("the address", () => /http:\S+/.exec(printed)?.[0]);
    await waitUntil("a counted request", async () =>
      /"requests":[1-9]\d*,"errors":0/.test(await (await fetch(address)).text()),
    );
  } finally {
    running.kill("SIGTERM");
    const { exitCode } = await running;
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(0);
  }
});
