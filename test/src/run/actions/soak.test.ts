import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Action } from "#src/plan/step.ts";
import { measureBaseline } from "#src/run/actions/baseline.ts";
import { soak } from "#src/run/actions/soak.ts";
import { createContext } from "#test/src/run/context.ts";
import { serveKong } from "#test/src/run/kong-server.ts";
import { nodeWith } from "#test/src/run/probe-context.ts";
import { createEnvironment, createFolder, createStep } from "#test/src/run/stage.ts";

const nowhere = "postgres://user:password@127.0.0.1:1/none";
const baseline: Measurements = { errorRate: { requests: 100, errors: 1, rate: 0.01 } };

async function serve(answer: () => unknown): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_, response) => {
    void Promise.resolve(answer()).then((body) =>
      response.setHeader("content-type", "application/json").end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function watch(answer: () => unknown, leave = new AbortController().signal, durationMs = 200) {
  await using metrics = await serve(answer);
  await using folder = await createFolder();
  const action: Extract<Action, { kind: "soak" }> = {
    kind: "soak",
    durationMs,
    sampleEveryMs: 20,
    metricsUrl: metrics.url,
    maxErrorRateIncrease: 0.05,
    smokeTests: [],
  };
  const place = {
    environment: createEnvironment(nowhere),
    step: createStep({ action }),
    dataDir: folder.path,
    databaseUrl: nowhere,
  };
  const context = createContext(place, { baseline, leave });
  const result = await soak(action, context);
  await context.output.finish();
  return { ...result, output: context.stored.map((chunk) => chunk.text).join("") };
}

test("a soak like the baseline passes after its time", async () => {
  const startedAt = Date.now();
  const { end, output } = await watch(() => ({ requests: 50, errors: 1, error_rate: 0.02 }));
  expect(end).toEqual({ kind: "completed" });
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(200);
  expect(output).toContain("2 % of requests failed; 50 requests");
});

test("a soak with many more errors fails", async () => {
  const { end } = await watch(() => ({ requests: 50, errors: 25, error_rate: 0.5 }));
  expect(end).toMatchObject({ kind: "failed", reason: expect.stringMatching(/^fail: 50 % of requests failed/u) });
});

test("figures that come slower than the soak lasts are waited for, so that at least one sample counts", async () => {
  const slowly = () => delay(60, { requests: 50, errors: 1, error_rate: 0.02 });
  const { end } = await watch(slowly, new AbortController().signal, 40);
  expect(end).toEqual({ kind: "completed" });
});

test("a soak without traffic is inconclusive, so that a person decides", async () => {
  const { end } = await watch(() => ({ requests: 0, errors: 0, error_rate: 0 }));
  expect(end).toMatchObject({ kind: "failed", reason: "inconclusive: no traffic came while it was watched" });
});

test("a soak whose metrics cannot be read is inconclusive", async () => {
  const { end } = await watch(() => "nonsense");
  expect(end).toMatchObject({
    kind: "failed",
    reason: expect.stringMatching(/^inconclusive: .* could be read only 0/u),
  });
});

test("a runner that has to leave breaks a soak off and says so", async () => {
  const leave = new AbortController();
  const { end } = await watch(
    () => {
      setTimeout(() => leave.abort(), 50);
      return { requests: 1, errors: 0, error_rate: 0 };
    },
    leave.signal,
    60_000,
  );
  expect(end).toMatchObject({ kind: "failed", reason: expect.stringContaining("the runner was stopped") });
});

test("with a source of figures the baseline is watched before, and the soak tells verdict and curves", async () => {
  await using folder = await createFolder();
  const told = { request_rate: 2_000, error_rate: 0.001, p50_ms: 5, p95_ms: 20, p99_ms: 40 };
  const file = `${folder.path}/figures.json`;
  await writeFile(file, JSON.stringify(told));
  const environment = createEnvironment(nowhere, {
    nodes: [],
    metrics: { from: "command", argv: ["/bin/cat", file], timeoutMs: 5_000 },
    soak: { durationMs: 60, sampleEveryMs: 20, maxErrorRateIncrease: 0.01, baselineMs: 100 },
  });
  const limits = { minRequests: 20, latency: { p99Ms: { ratio: 0.5, floorMs: 10 } }, isLatencyNeeded: true };
  const action: Extract<Action, { kind: "soak" }> = {
    kind: "soak",
    durationMs: 120,
    sampleEveryMs: 20,
    maxErrorRateIncrease: 0.01,
    smokeTests: [],
    traffic: { source: "command", limits },
  };
  const { database: _, ...withoutDatabase } = environment;
  const place = {
    environment: withoutDatabase,
    step: createStep({ action }),
    dataDir: folder.path,
    databaseUrl: nowhere,
  };
  const before = { kind: "baseline", traffic: { source: "command", watchMs: 100 } } as const;
  const { end, measurements } = await measureBaseline(before, createContext(place));
  expect(end).toEqual({ kind: "completed" });
  expect(measurements?.traffic).toMatchObject({
    figures: { errorRate: expect.closeTo(0.001, 9), p99Ms: expect.closeTo(40, 6) },
  });
  expect(measurements?.traffic?.points.length).toBeGreaterThan(0);

  const watched = (): ReturnType<typeof soak> => soak(action, createContext(place, { baseline: measurements ?? {} }));
  expect(await watched()).toMatchObject({
    end: { kind: "completed" },
    soak: {
      verdict: "pass",
      during: { figures: { p99Ms: expect.closeTo(40, 6) } },
      before: measurements?.traffic,
      limits,
    },
  });
  await writeFile(file, JSON.stringify({ ...told, p99_ms: 400 }));
  expect((await watched()).soak).toMatchObject({ verdict: "fail", sentence: expect.stringContaining("p99 400 ms") });
  await writeFile(file, JSON.stringify({ ...told, p99_ms: null }));
  expect((await watched()).soak).toMatchObject({ verdict: "inconclusive" });
  await rm(file);
  const unread = await measureBaseline(before, createContext(place));
  expect(unread.end).toMatchObject({ kind: "failed", reason: expect.stringContaining("/bin/cat ended with status 1") });
});

test("smoke tests of a soak go through the proxies that its step names, of either cluster", async () => {
  await using folder = await createFolder();
  await using blue = await serveKong({});
  await using green = await serveKong({ "/orders": { status: 200, body: {} } });
  const test200 = { name: "orders", method: "GET", path: "/orders", headers: {}, expectStatus: 200 } as const;
  const action: Extract<Action, { kind: "soak" }> = {
    kind: "soak",
    durationMs: 30,
    sampleEveryMs: 10,
    maxErrorRateIncrease: 0,
    smokeTests: [test200],
  };
  const environment = createEnvironment(nowhere, {
    nodes: [nodeWith({ proxy: blue.url })],
    green: {
      nodes: [nodeWith({ name: "green-1", proxy: green.url }), nodeWith({ name: "cp", role: "control_plane" })],
    },
  });
  const step = createStep({ action, targets: ["green-1", "cp"] });
  const context = createContext({ environment, step, dataDir: folder.path, databaseUrl: nowhere });
  expect((await soak(action, context)).end).toStrictEqual({ kind: "completed" });
  expect(blue.asked).toStrictEqual([]);
  expect(green.asked.length).toBeGreaterThan(0);
});
