import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { livePorts } from "#src/discovery/live-ports.ts";
import { measure } from "#src/discovery/measure.ts";
import { countDifferences, fingerprintDifferences } from "#src/plan/compare-measurements.ts";
import type { Environment } from "#src/plan/environment.ts";
import { sampleEnvironment } from "#test/src/plan/sample.ts";
import { startAdminServer } from "./admin-server.ts";

const ports = livePorts({ resolveSecret: () => Promise.resolve(""), baseEnv: {} });

function dbless(changes: Partial<Environment>): Environment {
  const { database: _, ...sample } = sampleEnvironment();
  const { metricsUrl: __, ...soak } = sample.soak;
  return { ...sample, topology: "dbless", soak, ...changes };
}

function nodesWith(admin: readonly (string | undefined)[]): Environment["nodes"] {
  const [{ admin: _, ...node } = { admin: undefined }] = sampleEnvironment().nodes;
  if (!("name" in node)) throw new Error("the sample has a node");
  return admin.map((url, index) =>
    Object.assign({ ...node, name: `kong-${index}` }, url === undefined ? {} : { admin: url }),
  );
}

async function startFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "declarative-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test("without a database the Admin API's entities and the declarative files are the baseline", async () => {
  await using folder = await startFolder();
  const declarative = { file: `${folder.path}/kong.yml`, converted: `${folder.path}/kong-3.yml` };
  await writeFile(declarative.file, "services: []\n");
  await writeFile(declarative.converted, "services: [] # 3\n");
  let routes = 2;
  await using server = await startAdminServer((path) => {
    if (path.startsWith("/workspaces")) return undefined;
    return { data: path.startsWith("/routes") ? Array.from({ length: routes }, () => ({})) : [] };
  });
  // The first node that has an Admin API does not answer; the next one is asked.
  const environment = dbless({ declarative, nodes: nodesWith([undefined, "http://127.0.0.1:1", server.url]) });
  const before = await measure(environment, ports);
  expect(before).toMatchObject({ counts: { routes: 2, services: 0, plugins: 0, consumers: 0, upstreams: 0 } });
  expect(Object.keys(before.fingerprint ?? {})).toStrictEqual([
    `file ${declarative.file}`,
    `file ${declarative.converted}`,
  ]);

  routes = 3;
  await writeFile(declarative.converted, "services: [] # three\n");
  const after = await measure(environment, ports);
  expect(countDifferences(before, after)).toStrictEqual(["routes: 2 before, 3 now"]);
  expect(fingerprintDifferences(before, after)).toStrictEqual([`file ${declarative.converted}`]);
});

test("where neither an Admin API nor a file is configured, nothing is measured and nothing fails", async () => {
  expect(await measure(dbless({ nodes: [] }), ports)).toStrictEqual({ fingerprint: {} });
});

test("what is configured and cannot be read is an error, not a missing figure", async () => {
  await expect(measure(dbless({ nodes: nodesWith(["http://127.0.0.1:1"]) }), ports)).rejects.toThrow(
    /no Admin API told its entities \(kong-0: .*ECONNREFUSED/u,
  );
  const declarative = { file: "/nonexistent/kong.yml", converted: "/nonexistent/kong.yml" };
  await expect(measure(dbless({ nodes: [], declarative }), ports)).rejects.toThrow(/ENOENT/u);
});
