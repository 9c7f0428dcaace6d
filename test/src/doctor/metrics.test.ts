import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { secretsFrom } from "#src/config/secrets.ts";
import { metricsExaminations } from "#src/doctor/check-metrics.ts";
import { examine } from "#src/doctor/examine.ts";
import type { Finding } from "#src/doctor/finding.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import { minimalEnv } from "#src/run/process/minimal-env.ts";
import { createEnvironment, createFolder } from "#test/src/run/stage.ts";
import { about } from "./stage.ts";

/** Answers by path and query; what is not there is HTTP 404. */
async function startServer(answers: (url: URL, token: string | undefined) => string | undefined) {
  const server = createServer((request, response) => {
    const body = answers(new URL(request.url ?? "/", "http://x"), request.headers.authorization);
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" }).end(body ?? "{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function look(changes: Partial<Environment>): Promise<readonly Finding[]> {
  const environment = { ...createEnvironment("postgres://kong:x@127.0.0.1:1/kong"), ...changes };
  const ports = livePorts({ resolveSecret: secretsFrom({ TOKEN: "swordfish" }), baseEnv: minimalEnv() });
  return examine(metricsExaminations(environment, environment.nodes, ports));
}

const vector = (values: readonly string[]): string =>
  JSON.stringify({
    status: "success",
    data: { resultType: "vector", result: values.map((value) => ({ metric: {}, value: [1, value] })) },
  });

test("each query to a Prometheus server is asked: a number, none now, several series, or an error of the server", async () => {
  const answers: Readonly<Record<string, string>> = {
    rate: vector(["12.34567"]),
    errors: vector([]),
    p50: vector(["1", "2"]),
    p95: JSON.stringify({ status: "error", error: "parse error at char 3" }),
  };
  await using server = await startServer((url, token) =>
    token === "Bearer swordfish" ? answers[url.searchParams.get("query") ?? ""] : undefined,
  );
  const queries = { requestRate: "rate", errorRate: "errors", p50Ms: "p50", p95Ms: "p95", p99Ms: "p99" };
  const found = await look({ metrics: { from: "prometheus", url: server.url, token: { env: "TOKEN" }, queries } });
  expect(about(found, "practice: query request_rate")).toMatchObject({ verdict: "ok", seen: "12.35 now" });
  expect(about(found, "practice: query error_rate")).toMatchObject({
    verdict: "warning",
    seen: expect.stringContaining("knows no number now"),
  });
  expect(about(found, "practice: query p50")).toMatchObject({
    verdict: "failed",
    seen: expect.stringContaining("2 series instead of one"),
  });
  expect(about(found, "practice: query p95")).toMatchObject({
    verdict: "failed",
    seen: expect.stringContaining("parse error at char 3"),
  });
  expect(about(found, "practice: query p99")).toMatchObject({
    verdict: "failed",
    seen: expect.stringContaining("HTTP 404"),
    fix: expect.stringContaining("metrics.queries.p99"),
  });
  expect(JSON.stringify(found)).not.toContain("swordfish");
});

test("a metrics command is run, and one that prints something else is told with what it should print", async () => {
  await using folder = await createFolder();
  const program = async (name: string, script: string): Promise<string> => {
    const path = join(folder.path, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };
  const good = await program("good", `echo '{"request_rate": 7, "error_rate": 0}'`);
  const bad = await program("bad", "echo seven");
  const asked = (path: string) => look({ metrics: { from: "command", argv: [path], timeoutMs: 5_000 } });
  expect(await asked(good)).toMatchObject([{ verdict: "ok", seen: "7 now" }]);
  expect(await asked(bad)).toMatchObject([
    { verdict: "failed", seen: expect.stringContaining("did not print a JSON") },
  ]);
});

test("nodes that count themselves say how, and what they do not tell; an address that is away fails", async () => {
  await using node = await startServer((url) =>
    url.pathname === "/status" ? JSON.stringify({ server: { total_requests: 41 } }) : undefined,
  );
  const [first] = createEnvironment("postgres://kong:x@127.0.0.1:1/kong").nodes;
  if (first === undefined) throw new Error("no node");
  const nodes = [
    { ...first, status: node.url },
    { ...first, name: "kong-2", status: "http://127.0.0.1:1" },
  ];
  const found = await look({ nodes, metrics: { from: "kong" } });
  expect(about(found, `${first.name}: requests that it counted`)).toMatchObject({
    verdict: "warning",
    seen: "41 requests, counted by nginx; it tells no failed requests and no latencies, so these are not judged",
  });
  expect(about(found, "kong-2: requests that it counted")).toMatchObject({ verdict: "failed" });
  await using address = await startServer(() => JSON.stringify({ requests: 10, errors: 1, error_rate: 0.1 }));
  const { soak } = createEnvironment("postgres://kong:x@127.0.0.1:1/kong");
  expect(await look({ soak: { ...soak, metricsUrl: address.url } })).toMatchObject([
    { verdict: "ok", subject: "practice: soak.metrics_url", seen: "10 requests, 1 of them failed" },
  ]);
});
