import { expect, test } from "vitest";
import type { ActionEnd } from "#src/run/actions/action-result.ts";
import { judgeObstacle, judgeOutcome } from "#src/run/judge-outcome.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { createStep } from "./stage.ts";

const completed: ActionEnd = { kind: "completed" };
const exited: ActionEnd = { kind: "failed", reason: "it ended with exit status 1", wasStarted: true };
const notStarted: ActionEnd = { kind: "failed", reason: "it was not started", wasStarted: false };
const stopped: ActionEnd = { kind: "cut_off", reason: "it took too long", isGone: true };
const stuck: ActionEnd = { kind: "cut_off", reason: "it took too long", isGone: false };
const cancelled: ActionEnd = { kind: "cancelled", reason: "it was cancelled", isGone: true };
const notGone: ActionEnd = { kind: "cancelled", reason: "it was cancelled", isGone: false };

type Verdict = ProbeResult["verdict"];

type Outcome = "done" | "failed" | "unknown";

test.each<[string, ActionEnd, readonly Verdict[], readonly [Outcome, Outcome]]>([
  // what happened, how it ended, its proofs, outcome when it may be done twice and when it may not
  ["all proven", completed, ["ok", "ok"], ["done", "done"]],
  ["exit 0 but not done", completed, ["ok", "not_ok"], ["failed", "failed"]],
  ["exit 0, nobody can tell", completed, ["ok", "undetermined"], ["failed", "unknown"]],
  ["exit 0 without any proof", completed, [], ["failed", "unknown"]],
  ["exit 1 but proven", exited, ["ok"], ["failed", "failed"]],
  ["exit 1 and not done", exited, ["not_ok"], ["failed", "failed"]],
  ["exit 1, nobody can tell", exited, ["undetermined"], ["failed", "unknown"]],
  ["never started", notStarted, [], ["failed", "failed"]],
  ["stopped at the limit", stopped, ["not_ok"], ["failed", "unknown"]],
  ["stopped at the limit but proven", stopped, ["ok"], ["failed", "unknown"]],
  ["cancelled, nothing is left", cancelled, ["undetermined"], ["failed", "failed"]],
  ["cancelled, but proven", cancelled, ["ok"], ["failed", "failed"]],
  ["cancelled, and something still runs", notGone, ["ok"], ["unknown", "unknown"]],
  ["not to be stopped", stuck, ["not_ok"], ["unknown", "unknown"]],
])("%s", (_, end, verdicts, [repeatable, unrepeatable]) => {
  const proof = verdicts.map((verdict) => ({ kind: "smoke", verdict, summary: `it is ${verdict}`, details: [] }));
  expect(judgeOutcome(createStep({ isIdempotent: true }), end, proof).outcome).toBe(repeatable);
  expect(judgeOutcome(createStep({ isIdempotent: false }), end, proof).outcome).toBe(unrepeatable);
});

test("where the proof decides, a command that failed because its work was done already is done", () => {
  const action = {
    kind: "commands",
    commands: [{ target: "kong-1", argv: ["kong", "quit"], env: {}, secrets: {} }],
    exitStatus: "proof_decides",
  } as const;
  const step = createStep({ isIdempotent: true, action });
  const proofOf = (verdict: Verdict): ProbeResult[] => [
    { kind: "node_stopped", verdict, summary: `it is ${verdict}`, details: [] },
  ];
  expect(judgeOutcome(step, exited, proofOf("ok")).outcome).toBe("done");
  expect(judgeOutcome(step, exited, proofOf("not_ok")).outcome).toBe("failed");
  expect(judgeOutcome(step, notStarted, []).outcome).toBe("failed");
});

test("the reason names everything that the proof found wrong", () => {
  const proof = ["lock held", "migrations new"].map((summary): ProbeResult => ({
    kind: "migrations",
    verdict: "not_ok",
    summary,
    details: [],
  }));
  expect(judgeOutcome(createStep(), completed, proof).reason).toBe(
    "the commands ended with exit status 0, but lock held; migrations new",
  );
});

test("of very many answers the reason tells some, and how many more there are", () => {
  const proof = Array.from({ length: 1_000 }, (_, index) => ({
    kind: "node_ready",
    verdict: "ok" as const,
    summary: `n${index} is ready`,
    details: [],
  }));
  const { reason } = judgeOutcome(createStep({}), completed, proof);
  expect(reason).toMatch(/^n0 is ready; .*; n19 is ready; and 980 more$/u);
});

test("everything that keeps a step from running is told at once, so that nobody is asked again for each of it", () => {
  const precheck = (["not_ok", "ok", "undetermined"] as const).map((verdict, index): ProbeResult => ({
    kind: "migrations",
    verdict,
    summary: `obstacle ${index}`,
    details: [],
  }));
  const judged = judgeObstacle(precheck, { isOwn: false, mayHaveRun: false, proof: [] });
  expect(judged).toEqual({ outcome: "failed", reason: "nothing was run: obstacle 0; obstacle 2" });
});
