import { expect, test } from "vitest";
import { z } from "zod";
import { instantOf } from "#src/kernel/instant.ts";
import type { Probe } from "#src/plan/probe.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import { patienceMs } from "#src/run/probes/patience.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { listOf, serveKong } from "#test/src/run/kong-server.ts";
import type { Served } from "#test/src/run/kong-server.ts";
import { nodeWith, withoutDatabase } from "#test/src/run/probe-context.ts";
import { hybrid, traditional } from "./recorded.ts";

type Question = Extract<Probe, { kind: "data_planes_synced" }>;

/** The second in which the answers were recorded. */
const recordedAt = 1_795_216_795;

async function ask(served: Served, changes: Partial<Question> = {}): Promise<ProbeResult> {
  await using server = await serveKong({ "/clustering/data-planes": served });
  const context = withoutDatabase({ nodes: [nodeWith({ admin: server.url, role: "control_plane" })] });
  const question: Question = {
    kind: "data_planes_synced",
    controlPlane: "kong-1",
    hostnames: [],
    version: "3.4.2",
    expect: "synced",
    ...changes,
  };
  const ports = { ...context.ports, now: () => instantOf(recordedAt * 1_000) };
  return await askProbe(question, { ...context, ports });
}

const hash = "455a199865a0d44eda38b49259fcfe10";

function row(hostname: string, changes: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    hostname,
    version: "3.4.2",
    sync_status: "normal",
    config_hash: hash,
    last_seen: recordedAt - 10,
    ...changes,
  };
}

/** The rows that a real control plane listed, with other host names, since both were made on one machine. */
async function recordedRows(names: readonly string[]): Promise<readonly unknown[]> {
  const { body } = await hybrid("3.4.2-cp-clustering-data-planes");
  const { data } = z.object({ data: z.array(z.record(z.string(), z.unknown())) }).parse(body);
  return data.map((one, index) => Object.assign(one, { hostname: names[index] }));
}

test("recorded: a data plane of 3.4.2 is synced with its control plane, one of 2.8.5 is connected and no more", async () => {
  const rows = listOf(await recordedRows(["dp-old", "dp-new"]));
  expect(await ask(rows, { hostnames: ["dp-new"] })).toMatchObject({
    verdict: "ok",
    summary: "1 data planes of kong-1 are synced with 3.4.2",
    details: [`dp-new: 3.4.2, normal, configuration ${hash}, seen 13s ago`],
  });
  const old = { hostnames: ["dp-old"], version: "2.8.5" };
  expect(await ask(rows, { ...old, expect: "connected" })).toMatchObject({ verdict: "ok" });
  expect(await ask(rows, old)).toMatchObject({
    verdict: "not_ok",
    details: expect.arrayContaining([
      "dp-old: sync status kong_version_incompatible",
      "dp-old: no configuration loaded",
    ]),
  });
});

test("recorded: where no data plane is named, every living one counts", async () => {
  expect(await ask(await hybrid("3.4.2-cp-clustering-data-planes"))).toMatchObject({
    verdict: "not_ok",
    details: expect.arrayContaining(["vm: runs 2.8.5"]),
  });
  expect(await ask(await hybrid("3.4.2-cp-clustering-data-planes-empty"))).toMatchObject({
    verdict: "not_ok",
    summary: "kong-1 lists no living data plane",
  });
});

test("recorded: a node that is no control plane cannot be asked", async () => {
  const answer = await ask(await traditional("2.8.5-clustering-data-planes"));
  expect(answer).toMatchObject({ verdict: "undetermined", summary: expect.stringContaining("HTTP 400") });
});

test.each<[string, readonly unknown[], Partial<Question>, string]>([
  ["all as they should be", [row("a"), row("b")], {}, "ok"],
  ["one that nobody has seen", [row("a")], { hostnames: ["a", "b"] }, "b: not seen in the last 5m"],
  ["another version", [row("a"), row("b", { version: "2.8.5" })], {}, "b: runs 2.8.5"],
  ["another sync status", [row("a", { sync_status: "plugin_set_incompatible" })], {}, "a: sync status plugin_set"],
  ["a status nobody knows yet", [row("a", { sync_status: "unknown" })], {}, "a: sync status unknown"],
  ["different configurations", [row("a"), row("b", { config_hash: "ff00" })], {}, "different configurations"],
  ["no configuration", [row("a", { config_hash: null })], {}, "a: no configuration loaded"],
  ["silence", [row("a"), row("b", { last_seen: recordedAt - 120 })], {}, "b: silent for 2m"],
  ["one that was removed long ago", [row("a"), row("b", { last_seen: recordedAt - 3_600 })], {}, "ok"],
  ["clocks that differ", [row("a", { last_seen: recordedAt + 20 })], {}, "ok"],
  [
    "one that was replaced under its name a minute ago",
    [row("a"), row("a", { version: "2.8.5", last_seen: recordedAt - 60 })],
    {},
    "ok",
  ],
  [
    "two that live under one name",
    [row("a"), row("a", { version: "2.8.5", last_seen: recordedAt - 30 })],
    {},
    "a: runs 2.8.5",
  ],
  [
    "a different configuration where only the connection counts",
    [row("a", { config_hash: "ff00", sync_status: "kong_version_incompatible" }), row("b")],
    { expect: "connected" },
    "ok",
  ],
])("%s", async (_, rows, changes, expected) => {
  const { verdict, details } = await ask(listOf(rows), changes);
  expect(verdict === "ok" ? ["ok"] : details).toContainEqual(expect.stringContaining(expected));
  expect(verdict).toBe(expected === "ok" ? "ok" : "not_ok");
});

test("a control plane that does not answer leaves it undetermined", async () => {
  const context = withoutDatabase({ nodes: [nodeWith({ admin: "http://127.0.0.1:1" })] });
  const question: Question = {
    kind: "data_planes_synced",
    controlPlane: "kong-1",
    hostnames: [],
    version: "3.4.2",
    expect: "synced",
  };
  expect((await askProbe(question, context)).verdict).toBe("undetermined");
});

test("a proof about every data plane waits until those that were replaced count as gone", () => {
  const question = { kind: "data_planes_synced", controlPlane: "cp", version: "3.4.2", expect: "synced" } as const;
  expect(patienceMs({ ...question, hostnames: [] })).toBeGreaterThan(300_000);
  expect(patienceMs({ ...question, hostnames: ["a"] })).toBeLessThan(120_000);
});
