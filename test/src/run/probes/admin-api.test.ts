import { expect, test } from "vitest";

import { askProbe } from "#src/run/probes/ask-probe.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { startAdminServer } from "#test/src/discovery/admin-server.ts";
import { listOf, serveKong, startServer } from "#test/src/run/kong-server.ts";
import type { Served } from "#test/src/run/kong-server.ts";
import { nodeWith, withoutDatabase } from "#test/src/run/probe-context.ts";

const now = "2026-11-21T03:00:00.000Z";

function licenceUntil(day: string): unknown {
  return { id: "l1", payload: JSON.stringify({ license: { payload: { license_expiration_date: day } } }) };
}

function rootWith(configuration: Readonly<Record<string, unknown>>): Served {
  return {
    status: 200,
    body: { version: "3.4.3.5", configuration: { database: "postgres", ...configuration }, plugins: plugins },
  };
}
const plugins = { available_on_server: {}, enabled_in_cluster: [] };

async function askLicence(answers: Readonly<Record<string, Served>>): Promise<ProbeResult> {
  const status = { status: 200, body: { database: { reachable: true } } };
  await using server = await serveKong({ "/status": status, ...answers });
  const context = withoutDatabase({ nodes: [nodeWith({ admin: server.url })] });
  return await askProbe(
    { kind: "licence_valid", node: "kong-1" },
    { ...context, ports: { ...context.ports, now: () => now } },
  );
}

test.each<[string, Readonly<Record<string, Served>>, string]>([
  ["a licence that lasts", { "/licenses": listOf([licenceUntil("2027-7-20")]) }, "ok: the licence of kong-1 lasts"],
  ["the longest of several", { "/licenses": listOf([licenceUntil("2020-1-1"), licenceUntil("2027-7-20")]) }, "ok: "],
  ["one that ended", { "/licenses": listOf([licenceUntil("2026-11-20")]) }, "not_ok: the licence of kong-1 ended on"],
  ["one that ends today", { "/licenses": listOf([licenceUntil("2026-11-21")]) }, "undetermined: the licence of kong-1"],
  ["none", { "/licenses": listOf([]), "/": rootWith({}) }, "not_ok: kong-1 has no licence"],
  [
    "one that the configuration carries",
    { "/licenses": listOf([]), "/": rootWith({ license_path: "/etc/kong/license.json" }) },
    "undetermined: the licence of kong-1 comes from its configuration",
  ],
  ["an OSS node", {}, "not_ok: kong-1 has no GET /licenses, so it is not Kong Enterprise"],
  ["a refused token", { "/licenses": { status: 403, body: {} } }, "undetermined: GET /licenses answered HTTP 403"],
  ["a payload of another form", { "/licenses": listOf([{ id: "l1", payload: "{}" }]) }, "undetermined: "],
])("licence: %s", async (_, answers, expected) => {
  const { verdict, summary } = await askLicence(answers);
  expect(`${verdict}: ${summary}`).toContain(expected);
});

/** Answers every list from these figures, in pages of the size that is asked for. */
function lists(figures: Readonly<Record<string, number>>, workspaces?: readonly string[]) {
  return (path: string): unknown => {
    const url = new URL(path, "http://kong");
    const name = url.pathname.slice(1);
    if (name === "workspaces") return workspaces && { data: workspaces.map((one) => ({ name: one })), next: null };
    const all = Array.from({ length: figures[name] ?? 0 }, (_, index) => ({ id: `${name}-${index}` }));
    const start = Number(url.searchParams.get("offset") ?? 0);
    const size = Number(url.searchParams.get("size") ?? 100);
    const isMore = start + size < all.length;
    return { data: all.slice(start, start + size), ...(isMore ? { offset: String(start + size) } : {}) };
  };
}

async function compare(left: (path: string) => unknown, right: (path: string) => unknown): Promise<ProbeResult> {
  const token = { header: "Kong-Admin-Token", value: "sesame" };
  await using blue = await startAdminServer(left, { token });
  await using green = await startAdminServer(right, { token });
  const context = withoutDatabase(
    {
      nodes: [nodeWith({ admin: blue.url })],
      green: { nodes: [nodeWith({ name: "green-1", admin: green.url })] },
      adminApi: { token: { env: "TOKEN" } },
    },
    { TOKEN: "sesame" },
  );
  const result = await askProbe({ kind: "same_entities", left: "kong-1", right: "green-1" }, context);
  expect([...blue.asked, ...green.asked].every((line) => line.startsWith("GET "))).toBe(true);
  return result;
}

test("two clusters with the same numbers of entities in every workspace are equal, page by page", async () => {
  const figures = { routes: 2_500, services: 3, "payments/plugins": 4 };
  const both = lists(figures, ["default", "payments"]);
  expect(await compare(both, both)).toMatchObject({
    verdict: "ok",
    summary: "kong-1 and green-1 hold the same number of entities (2507)",
  });
});

test("one entity less is seen, with its workspace", async () => {
  const left = lists({ "payments/plugins": 4 }, ["default", "payments"]);
  expect(await compare(left, lists({ "payments/plugins": 3 }, ["default", "payments"]))).toMatchObject({
    verdict: "not_ok",
    summary: "kong-1 and green-1 hold different entities: payments/plugins",
    details: ["payments/plugins: 4 on kong-1, 3 on green-1"],
  });
  expect(await compare(left, lists({}))).toMatchObject({
    verdict: "not_ok",
    details: expect.arrayContaining(["payments/plugins: 4 on kong-1, no such list on green-1"]),
  });
});

test("more entities than can be counted are not called equal", async () => {
  const endless = (path: string): unknown => {
    const url = new URL(path, "http://kong");
    if (url.pathname === "/workspaces") return undefined;
    if (url.pathname !== "/consumers") return { data: [] };
    const offset = Number(url.searchParams.get("offset") ?? 0) + 1;
    return { data: Array.from({ length: 1_000 }, () => 0), offset: String(offset) };
  };
  expect(await compare(endless, endless)).toMatchObject({
    verdict: "undetermined",
    summary: expect.stringContaining("more than 1000000 consumers"),
  });
});

test("an Admin API that breaks off leaves it undetermined", async () => {
  await using broken = await startServer((request) => {
    request.socket.destroy();
  });
  const context = withoutDatabase({
    nodes: [nodeWith({ admin: broken.url }), nodeWith({ name: "kong-2", admin: broken.url })],
  });
  const result = await askProbe({ kind: "same_entities", left: "kong-1", right: "kong-2" }, context);
  expect(result.verdict).toBe("undetermined");
});
