import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import { serveKong } from "#test/src/run/kong-server.ts";
import type { Served } from "#test/src/run/kong-server.ts";
import { nodeWith, withoutDatabase } from "#test/src/run/probe-context.ts";
import { writeProgram } from "#test/src/run/programs.ts";
import { createFolder } from "#test/src/run/stage.ts";
import { hybrid, traditional } from "./recorded.ts";

type Node = Partial<Environment["nodes"][number]>;

async function ask(
  answers: { readonly ready: Served; readonly status: Served },
  version: string,
  node: Node = { role: "data_plane" },
): Promise<string> {
  await using server = await serveKong({ "/status/ready": answers.ready, "/status": answers.status });
  const context = withoutDatabase({ nodes: [nodeWith({ status: `${server.url}/`, ...node })] });
  const { verdict, summary } = await askProbe({ kind: "node_ready", node: "kong-1", version }, context);
  return `${verdict}: ${summary}`;
}

const missing: Served = { status: 404, body: { message: "Not found" } };
const empty: Served = { status: 200, body: { configuration_hash: "0".repeat(32) }, server: "kong/2.8.5" };

test("a data plane of 3.4.2 that says ready and has a configuration is ready, with the version that runs", async () => {
  const answers = { ready: await hybrid("3.4.2-dp-ready"), status: await hybrid("3.4.2-dp-status") };
  expect(await ask(answers, "3.4.2")).toBe("ok: kong-1 is ready with 3.4.2");
  expect(await ask(answers, "3.9.3")).toBe("not_ok: kong-1 is ready with 3.4.2, expected 3.9.3");
});

test("a node that drains, or has lost its database, is not ready and says why", async () => {
  const status = await traditional("3.9.3-status-listen-status");
  expect(await ask({ ready: await traditional("3.9.3-status-listen-ready-draining"), status }, "3.9.3", {})).toBe(
    "not_ok: kong-1 is not ready: draining",
  );
  expect(await ask({ ready: await traditional("3.4.2-ready-db-gone"), status }, "3.9.3", {})).toBe(
    "not_ok: kong-1 is not ready: failed to connect to database",
  );
});

test("a version without /status/ready is judged by /status", async () => {
  const ready = await traditional("2.8.5-not-found");
  expect(await ask({ ready, status: await traditional("2.8.5-status-listen-status") }, "2.8.5", {})).toBe(
    "ok: kong-1 answers /status, too old to tell more with 2.8.5",
  );
  expect(await ask({ ready, status: await traditional("2.8.5-status-db-gone") }, "2.8.5", {})).toBe(
    "not_ok: kong-1 is not ready: it cannot reach its database",
  );
});

test("a node that has no configuration yet is not ready, whatever else it says", async () => {
  const ready = await hybrid("3.4.2-dp-ready");
  const status = await hybrid("2.8.5-dp-status");
  expect(await ask({ ready: missing, status }, "2.8.5")).toBe(
    "not_ok: kong-1 is not ready: it has no configuration loaded",
  );
  expect(await ask({ ready, status: empty }, "2.8.5")).toContain("not_ok: kong-1 is not ready");
});

test("Enterprise tells its version with a suffix", async () => {
  const status = { status: 200, body: { database: { reachable: true } }, server: "kong/3.4.3.5-enterprise-edition" };
  expect(await ask({ ready: await hybrid("3.4.2-dp-ready"), status }, "3.4.3.5", {})).toContain("ok: kong-1 is ready");
  expect(await ask({ ready: await hybrid("3.4.2-dp-ready"), status }, "3.4.3.4", {})).toContain("not_ok");
});

test("where the header is switched off, the package of the node tells the version", async () => {
  await using folder = await createFolder();
  const kong = await writeProgram(folder.path, "kong", { version: { stdout: "3.4.2\n" } });
  const answers = {
    ready: await hybrid("3.4.2-dp-ready"),
    status: { status: 200, body: { configuration_hash: "455a199865a0d44eda38b49259fcfe10" } },
  };
  expect(await ask(answers, "3.4.2", { kong })).toBe("ok: kong-1 is ready, with the package of 3.4.2");
  expect(await ask(answers, "3.9.3", { kong })).toContain("not_ok");
  expect(await ask(answers, "3.4.2")).toBe(
    "undetermined: kong-1 is ready, but neither it nor its kong command tells a version",
  );
});

test.each<[string, Served, Served, Node]>([
  [
    "a login page before /status/ready",
    { status: 401, body: "<html>login</html>" },
    { status: 200, body: {}, server: "kong/3.4.2" },
    {},
  ],
  ["HTML instead of /status", missing, { status: 200, body: "<html>", server: "kong/3.4.2" }, {}],
  ["a data plane without a hash", missing, { status: 200, body: {}, server: "kong/2.0.5" }, { role: "data_plane" }],
  ["a node without a status address", missing, missing, { status: undefined }],
])("%s is undetermined", async (_, ready, status, node) => {
  expect(await ask({ ready, status }, "3.4.2", node)).toContain("undetermined");
});

test("an error of /status, and nobody who listens, are no readiness", async () => {
  const ready = await hybrid("3.4.2-dp-ready");
  expect(
    await ask({ ready, status: { status: 500, body: { message: "An unexpected error happened" } } }, "3.4.2"),
  ).toBe("not_ok: kong-1 is not ready: /status answered HTTP 500 (Kong answers so while its database is away)");
  const context = withoutDatabase({ nodes: [nodeWith({ status: "http://127.0.0.1:1" })] });
  const result = await askProbe({ kind: "node_ready", node: "kong-1", version: "3.4.2" }, context);
  expect(result).toMatchObject({ verdict: "not_ok", summary: expect.stringContaining("ECONNREFUSED") });
});
