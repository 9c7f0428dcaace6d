import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { startServer } from "#test/src/run/kong-server.ts";
import { nodeWith, withoutDatabase } from "#test/src/run/probe-context.ts";

type Node = Environment["nodes"][number];

/** A status API for each node under a path of its own: ready with a version, or not. */
async function ask(
  versions: Readonly<Record<string, string>>,
  { minimum, except = [] }: { readonly minimum: number; readonly except?: readonly string[] },
): Promise<ProbeResult & { readonly atOnce: number }> {
  let open = 0;
  let atOnce = 0;
  await using server = await startServer((request, response) => {
    open += 1;
    atOnce = Math.max(atOnce, open);
    const version = versions[request.url?.split("/")[1] ?? ""];
    setImmediate(() => {
      open -= 1;
      response.writeHead(version === "" ? 503 : 200, {
        "content-type": "application/json",
        server: `kong/${version}`,
      });
      response.end(JSON.stringify({ configuration_hash: "455a199865a0d44eda38b49259fcfe10" }));
    });
  });
  const node = (name: string, changes: Partial<Node>): Node => nodeWith({ name, group: "zone-a", ...changes });
  const nodes = Object.keys(versions).map((name) => {
    const { admin: _, ...rest } = node(name, { role: "dbless", status: `${server.url}/${name}` });
    return rest;
  });
  const others = [
    node("elsewhere", { role: "dbless", group: "zone-b", status: "http://127.0.0.1:1" }),
    node("leader", { role: "control_plane" }),
  ];
  const result = await askProbe(
    { kind: "group_serving", group: "zone-a", except, versions: ["3.4.2", "3.9.3"], minimum },
    withoutDatabase({ nodes: [...nodes, ...others] }),
  );
  return { ...result, atOnce };
}

test("nodes of the group are counted in any of the versions, but for those that are away", async () => {
  const versions = { a: "3.4.2", b: "3.9.3", c: "", d: "3.4.2" };
  expect(await ask(versions, { minimum: 3, except: ["c"] })).toMatchObject({
    verdict: "ok",
    summary: "3 of 3 other nodes of zone-a are up with 3.4.2 or 3.9.3",
    details: [],
  });
});

test("as many as may be missing are missing: it goes on and names them", async () => {
  const { verdict, summary, details } = await ask({ a: "3.4.2", b: "3.8.0", c: "" }, { minimum: 1 });
  expect(verdict).toBe("ok");
  expect(summary).toBe("1 of 3 other nodes of zone-a are up with 3.4.2 or 3.9.3, at least 1 have to be; not b, c");
  expect(details).toEqual([
    "b is ready with 3.8.0, expected 3.4.2 or 3.9.3",
    expect.stringContaining("c is not ready"),
  ]);
});

test("one more is missing: no, with the number of those that are not named", async () => {
  const silent = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`n${index}`, ""]));
  const { verdict, summary, details } = await ask({ a: "3.9.3", ...silent }, { minimum: 2 });
  expect(verdict).toBe("not_ok");
  expect(summary).toContain("1 of 9 other nodes");
  expect(summary).toContain("at least 2 have to be; not n0, n1, n2, n3, n4 and 3 more");
  expect(details).toHaveLength(8);
});

test("three hundred nodes are asked side by side, and never more than fifty at once", async () => {
  const versions = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`n${index}`, "3.9.3"]));
  const { verdict, summary, atOnce } = await ask(versions, { minimum: 300 });
  expect([verdict, summary]).toEqual(["ok", "300 of 300 other nodes of zone-a are up with 3.4.2 or 3.9.3"]);
  // Each node is asked two questions.
  expect(atOnce).toBeLessThanOrEqual(100);
  expect(atOnce).toBeGreaterThan(10);
});
