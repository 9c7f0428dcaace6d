import { unreachable } from "#src/kernel/result.ts";
import type { Step } from "#src/plan/step.ts";
import type { ProbeResult, StepReport } from "#src/upgrade/step-report.ts";
import type { ActionEnd } from "./actions/action-result.ts";

export type Judgement = Pick<StepReport, "outcome" | "reason">;

/** Answers that one sentence tells. */
const shownAnswers = 20;

/** `done` only when every proof says so (design invariant 7); an exit status decides nothing but the words. */
export function judgeOutcome(step: Step, end: ActionEnd, proof: readonly ProbeResult[]): Judgement {
  switch (end.kind) {
    case "completed":
      return judgeCompleted(step, proof);
    case "failed":
      return judgeFailed(step, end, proof);
    case "cancelled":
      return judgeCancelled(step, end, proof);
    case "cut_off":
      return judgeCutOff(step, end, proof);
    default:
      return unreachable(end);
  }
}

/** What was found where a precheck kept a step from running. */
export interface WhatIsThere {
  /** All that is in the way is what the step would bring about. */
  readonly isOwn: boolean;
  readonly mayHaveRun: boolean;
  /** Empty where there was no reason to ask. */
  readonly proof: readonly ProbeResult[];
}

/** Done without a run only where an earlier attempt may have done it and everything proves just that; else people decide. */
export function judgeObstacle(precheck: readonly ProbeResult[], { isOwn, mayHaveRun, proof }: WhatIsThere): Judgement {
  // All of them: a retry for each would cost two approvals every time.
  const reason = `nothing was run: ${inOneSentence(summaries(precheck.filter(({ verdict }) => verdict !== "ok")))}`;
  if (!isProven(proof)) return { outcome: "failed", reason: `${reason}${isOwn ? seen(proof) : ""}` };
  if (!isOwn) return { outcome: "failed", reason: `${reason}, yet the proof says that the work is done already` };
  const proven = inOneSentence(summaries(proof));
  return mayHaveRun
    ? { outcome: "done", reason: `nothing was run, because an earlier attempt had done it: ${proven}` }
    : { outcome: "failed", reason: `${reason}; who made it is not known: ${proven}` };
}

/** Whether a command of this step also fails when its work is done already, so that only the proof counts. */
export function isDecidedByProof({ action }: Step): boolean {
  return action.kind === "commands" && action.exitStatus === "proof_decides";
}

function judgeCompleted(step: Step, proof: readonly ProbeResult[]): Judgement {
  const wrong = proof.filter((result) => result.verdict === "not_ok").map((result) => result.summary);
  const unclear = proof.find((result) => result.verdict === "undetermined");
  const ranWell = step.action.kind === "commands" ? "the commands ended with exit status 0, but " : "";
  if (wrong.length > 0) return { outcome: "failed", reason: `${ranWell}${inOneSentence(wrong)}` };
  if (unclear !== undefined) {
    return {
      outcome: step.isIdempotent ? "failed" : "unknown",
      reason: `${ranWell}it could not be proven: ${unclear.summary}`,
    };
  }
  if (proof.length === 0) {
    return {
      outcome: step.isIdempotent ? "failed" : "unknown",
      reason: "the step has no proof, so nothing says that it is done",
    };
  }
  return { outcome: "done", reason: inOneSentence(summaries(proof)) };
}

function judgeFailed(
  step: Step,
  { reason, wasStarted }: Extract<ActionEnd, { kind: "failed" }>,
  proof: readonly ProbeResult[],
): Judgement {
  if (!wasStarted) return { outcome: "failed", reason };
  if (isProven(proof) && isDecidedByProof(step)) {
    return { outcome: "done", reason: `${inOneSentence(summaries(proof))} (${reason})` };
  }
  if (isProven(proof)) return { outcome: "failed", reason: `${reason}, yet the proof says that the work was done` };
  const isUnclear = proof.some((result) => result.verdict === "undetermined");
  return { outcome: isUnclear && !step.isIdempotent ? "unknown" : "failed", reason: `${reason}${seen(proof)}` };
}

/** A statement that was sent to PostgreSQL runs on there when its client is killed, so a proof is only of this moment. */
function judgeCutOff(
  step: Step,
  { reason, isGone }: Extract<ActionEnd, { kind: "cut_off" }>,
  proof: readonly ProbeResult[],
): Judgement {
  const isSure = isGone && step.isIdempotent;
  const hint = isProven(proof) ? "; the proof says that the work was done" : seen(proof);
  return { outcome: isSure ? "failed" : "unknown", reason: `${reason}${hint}` };
}

/** Only kinds of steps that say what they leave behind are cancelled, so with all processes gone nothing is unknown. */
function judgeCancelled(
  { action }: Step,
  { reason, isGone }: Extract<ActionEnd, { kind: "cancelled" }>,
  proof: readonly ProbeResult[],
): Judgement {
  // Of what only looks, the proof is about the installation and not about the looking.
  const isDone = action.kind === "commands" && isProven(proof);
  const hint = isDone ? "; the proof says that the work was done all the same" : "";
  return { outcome: isGone ? "failed" : "unknown", reason: `${reason}${hint}` };
}

function summaries(proof: readonly ProbeResult[]): readonly string[] {
  return proof.map(({ summary }) => summary);
}

/** The whole proof stands beside it: a thousand nodes would make it a text that nobody reads. */
function inOneSentence(all: readonly string[]): string {
  const more = all.length > shownAnswers ? [`and ${all.length - shownAnswers} more`] : [];
  return [...all.slice(0, shownAnswers), ...more].join("; ");
}

function isProven(proof: readonly ProbeResult[]): boolean {
  return proof.length > 0 && proof.every((result) => result.verdict === "ok");
}

function seen(proof: readonly ProbeResult[]): string {
  const first = proof.find((result) => result.verdict !== "ok");
  return first === undefined ? "" : `; ${first.summary}`;
}
