import { expect, test } from "vitest";
import type { CommandCall } from "#src/discovery/ports.ts";
import type { Probe } from "#src/plan/probe.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { nodeWith, withoutDatabase } from "#test/src/run/probe-context.ts";

const transport = {
  kind: "kubectl",
  kubectl: "kubectl",
  context: "prod",
  namespace: "gateway",
  pod: "deployment/kong",
} as const;
const closed = "http://127.0.0.1:1";
const node = nodeWith({ transport, job: { image: "kong:{version}" }, admin: closed, proxy: closed });

/** Asks one node whose commands run in Jobs; `answer` says what each command prints. */
async function ask(
  probe: Probe,
  answer: (call: CommandCall) => string,
): Promise<{ readonly result: ProbeResult; readonly calls: readonly CommandCall[] }> {
  const context = withoutDatabase({ nodes: [node] });
  const calls: CommandCall[] = [];
  const ports: typeof context.ports = {
    ...context.ports,
    runCommand: async (call) => {
      calls.push(call);
      return { exitCode: 0, stdout: answer(call), stderr: "", timedOut: false };
    },
  };
  return { result: await askProbe(probe, { ...context, ports }), calls };
}

test("the version that a step is about is asked in a Job of its image, with time for a pull and without secrets", async () => {
  const { result, calls } = await ask({ kind: "cli_version", node: node.name, version: "3.4.2" }, () => "3.4.2\n");
  expect(result.verdict).toBe("ok");
  const { pod: workload, kind: _, ...cluster } = transport;
  const via = { kind: "job", ...cluster, workload, image: "kong:3.4.2" };
  expect(calls).toEqual([{ argv: [node.kong, "version"], env: node.env, timeoutMs: 75_000, via }]);
  const asked = await ask({ kind: "migrations", node: node.name, oneOf: ["new"], version: "3.4.2" }, () => "");
  expect(asked.calls.map((call) => [call.argv.slice(1, 3), call.via])).toEqual([[["migrations", "status"], via]]);
});

test.each([
  [[], "ok", "is down: no process, no open port"],
  [[{ name: "kong-a", phase: "Running" }], "not_ok", "deployment/kong still has pods (kong-a)"],
  [[{ name: "kong-b", phase: "Succeeded" }], "ok", "is down"],
] as const)("a workload with the pods %j counts as stopped: %s", async (pods, verdict, words) => {
  const { result, calls } = await ask({ kind: "node_stopped", node: node.name }, ({ argv }) =>
    JSON.stringify(
      argv.includes("pods")
        ? { items: pods.map(({ name, phase }) => ({ metadata: { name }, status: { phase } })) }
        : { spec: { selector: { matchLabels: { app: "kong", tier: "api" } } } },
    ),
  );
  expect(result).toMatchObject({ verdict, summary: expect.stringContaining(words) });
  const pinned = "kubectl --context prod --namespace gateway get";
  expect(calls.map(({ argv }) => argv.join(" "))).toEqual([
    `${pinned} deployment/kong --output json`,
    `${pinned} pods --selector app=kong,tier=api --output json`,
  ]);
});
