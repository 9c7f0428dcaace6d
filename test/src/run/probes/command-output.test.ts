import { expect, test } from "vitest";
import type { Probe } from "#src/plan/probe.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import { withoutDatabase } from "#test/src/run/probe-context.ts";

type Question = Extract<Probe, { kind: "command_output" }>;

async function ask(script: string, changes: Partial<Question> = {}): Promise<string> {
  const look = { target: "runner", argv: ["/bin/sh", "-c", script] };
  const { verdict, details } = await askProbe({ kind: "command_output", look, ...changes }, withoutDatabase({}));
  return [verdict, ...details].join(" | ");
}

test.each<[string, string, Partial<Question>, string]>([
  ["status 0 is a yes", "echo fine", {}, "ok | fine"],
  ["any other status is a no", "echo differs >&2; exit 1", {}, "not_ok | differs"],
  ["a line that matches", "echo a; echo snapshot kong_1", { matches: "^snapshot kong_\\d" }, "ok | snapshot kong_1"],
  ["no line that matches", "echo a", { matches: "^snapshot" }, "not_ok | a"],
  ["a pattern does not reach over lines", "printf 'a\\nb\\n'", { matches: "a.*b" }, "not_ok | a | b"],
  ["a line that must be absent, and is", "echo a", { matches: "^b", isAbsent: true }, "ok | a"],
  ["a line that must be absent, and is there", "echo b", { matches: "^b", isAbsent: true }, "not_ok | b"],
  ["a program that could not look", "echo forbidden >&2; exit 1", { matches: "x" }, "undetermined | forbidden"],
  ["nor does its failure prove an absence", "exit 1", { matches: "x", isAbsent: true }, "undetermined"],
  ["what only stderr says is no answer", "echo x >&2", { matches: "x" }, "not_ok | x"],
  ["a signal is no answer", "kill -9 $$", {}, "undetermined"],
  ["a pattern that is none", "echo x", { matches: "(" }, "undetermined"],
])("%s", async (_, script, changes, expected) => {
  expect(await ask(script, changes)).toBe(expected);
});

test("a program that is not there is undetermined", async () => {
  const look = { target: "runner", argv: ["/nonexistent/deck", "ping"] };
  const result = await askProbe({ kind: "command_output", look }, withoutDatabase({}));
  expect(result).toMatchObject({ verdict: "undetermined", summary: expect.stringContaining("ENOENT") });
});

/** No busy machine takes longer to start a shell. */
const patient = 60_000;

test.each([
  ["status 0 says done", "echo installed", patient, "ok | installed"],
  ["status 1 says not done", "echo missing; exit 1", patient, "not_ok | missing"],
  [
    "any other status leaves it open",
    "echo 'no route to host' >&2; exit 255",
    patient,
    "undetermined | no route to host",
  ],
  ["a signal leaves it open", "kill -9 $$", patient, "undetermined"],
  ["no answer in time leaves it open", "sleep 60", 500, "undetermined"],
] as const)("the probe of a hook: %s", async (_, script, timeoutMs, expected) => {
  const look = { target: "kong-1", argv: ["/bin/sh", "-c", script] };
  const { verdict, details } = await askProbe({ kind: "hook_done", look, timeoutMs }, withoutDatabase({}));
  expect([verdict, ...details].join(" | ")).toBe(expected);
});
