import { errorMessage } from "#src/kernel/app-error.ts";
import { proofOf } from "#src/plan/hook-of.ts";
import { askedOfWhatIsThere, goesOnOverOwnTrace, isOwnResult, mayBeOwnTrace } from "#src/plan/own-result.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeResult, StepReport } from "#src/upgrade/step-report.ts";
import type { Step } from "#src/plan/step.ts";
import type { ActionResult } from "./actions/action-result.ts";
import { cancelledEnd } from "./actions/cancelled.ts";
import type { StartedElsewhere } from "./actions/elsewhere.ts";
import { executeAction, takeUpAction } from "./actions/execute-action.ts";
import { isDecidedByProof, judgeObstacle, judgeOutcome } from "./judge-outcome.ts";
import type { Judgement, WhatIsThere } from "./judge-outcome.ts";
import { nodesAfterProof } from "./nodes-after-proof.ts";
import { askProbe, askProof } from "./probes/ask-probe.ts";
import type { StepContext } from "./step-context.ts";

/** Probes of one step that are asked at the same time. */
const probesAtOnce = 4;
/** Kong's errors tell the cause at their end, after some 200 characters of places in its own code. */
const longestLastWords = 500;

/**
 * Executes a step that was claimed: precheck, action, proof. Never rejects: whatever happens becomes a report, and what
 * nobody foresaw becomes `unknown` where the step may have done something that must not be done twice.
 */
export function runStep(context: StepContext): Promise<StepReport> {
  return reportOn(context, execute);
}

/**
 * Follows the commands of a step to their end that this runner had started elsewhere before it was started again itself;
 * proof and judgement are those of any other attempt. Its precheck was passed then.
 */
export function takeUpStep(context: StepContext, started: StartedElsewhere): Promise<StepReport> {
  return reportOn(context, async () => judge(context, [], await takeUpAction(started, context)));
}

async function reportOn(context: StepContext, work: (context: StepContext) => Promise<Seen>): Promise<StepReport> {
  const startedAt = performance.now();
  const seen = await work(context).catch((error: unknown): Seen => {
    context.log.error({ step: context.step.id, error }, "executing a step went wrong");
    const reason = `the runner failed in the middle: ${context.redactor.redactText(errorMessage(error))}`;
    return { precheck: [], proof: [], commands: [], outcome: context.step.isIdempotent ? "failed" : "unknown", reason };
  });
  const output = await context.output.finish();
  return {
    ...seen,
    reason: withLastWords(seen, context.output.lastWords()),
    output,
    durationMs: Math.round(performance.now() - startedAt),
  };
}

/** What the program said last explains most failures, e.g. Kong's "aborted: another node is performing database changes". */
function withLastWords({ outcome, reason, commands }: Seen, lastWords: string | undefined): string {
  if (outcome === "done" || commands.length === 0 || lastWords === undefined) return reason;
  return `${reason}; it said “${lastWords.trim().slice(0, longestLastWords)}”`;
}

type Seen = Omit<StepReport, "output" | "durationMs">;

async function execute(context: StepContext): Promise<Seen> {
  const { step } = context;
  const precheck = await askAll(step.precheck, (probe) => askPrecheck(probe, context));
  const isPassed = step.precheck.map(
    (probe, index) => goesOnOverOwnTrace(step) && isPossiblyOwnTrace(probe, precheck[index], context),
  );
  await context.output.write(precheck.filter((_, index) => isPassed[index]).map(({ summary }) => `[${summary}]`));
  const obstacles = step.precheck.filter((_, index) => precheck[index]?.verdict !== "ok" && isPassed[index] !== true);
  if (obstacles.length > 0) {
    const found = await lookAtWhatIsThere(obstacles, context);
    return { ...judgeObstacle(precheck, found), precheck, proof: found.proof, commands: [] };
  }
  if (context.cancel.aborted) {
    const { reason } = cancelledEnd(context, { what: "the step", isGone: true });
    return { outcome: "failed", reason: `nothing was run: ${reason}`, precheck, proof: [], commands: [] };
  }
  return judge(context, precheck, await executeAction(context));
}

async function askPrecheck(probe: Probe, context: StepContext): Promise<ProbeResult> {
  const result = await askProbe(probe, context);
  return isPossiblyOwnTrace(probe, result, context)
    ? { ...result, summary: `${result.summary}; the attempt before may have done that itself` }
    : result;
}

/** A write that somebody made, or an earlier attempt that was cut off. */
function isPossiblyOwnTrace(probe: Probe, result: ProbeResult | undefined, { mayHaveRun }: StepContext): boolean {
  return mayHaveRun && result?.verdict === "not_ok" && mayBeOwnTrace(probe);
}

/**
 * What keeps a step from running may be its own work: that of an attempt whose answer was lost, or of somebody else. So
 * the proof is asked, and where something was to be made, whether it is just that.
 */
async function lookAtWhatIsThere(obstacles: readonly Probe[], context: StepContext): Promise<WhatIsThere> {
  const { step, mayHaveRun } = context;
  const proof = proofOf(step);
  const isOwn = obstacles.every((obstacle) => isOwnResult(obstacle, proof));
  if (!isOwn && !mayHaveRun) return { isOwn, mayHaveRun, proof: [] };
  const all = [...proof, ...askedOfWhatIsThere(step)];
  return { isOwn, mayHaveRun, proof: await askAll(all, (probe) => askProbe(probe, context)) };
}

async function judge(context: StepContext, precheck: readonly ProbeResult[], result: ActionResult): Promise<Seen> {
  const { step } = context;
  const proof = await prove(context, result);
  // What looks has done its work only with the last answer.
  const isBrokenOff = isOnlyLooking(step) && context.cancel.aborted;
  const end = isBrokenOff ? cancelledEnd(context, { what: "looking", isGone: true }) : result.end;
  const judged: Judgement = judgeOutcome(step, end, proof);
  return {
    ...judged,
    precheck,
    proof,
    commands: result.commands,
    ...(result.nodes === undefined ? {} : { nodes: nodesAfterProof(result.nodes, step, proof) }),
    ...(result.measurements === undefined ? {} : { measurements: result.measurements }),
    ...(result.soak === undefined ? {} : { soak: result.soak }),
  };
}

/** A step that never began has nothing to prove; one that failed is asked all the same, to show what it left. */
async function prove(context: StepContext, { end, measurements }: ActionResult): Promise<readonly ProbeResult[]> {
  if (end.kind === "failed" && !end.wasStarted) return [];
  const baseline: Measurements = { ...context.baseline, ...measurements };
  const isWorthWaiting = end.kind === "completed" || (end.kind === "failed" && isDecidedByProof(context.step));
  const asking = { ...context, baseline };
  const all = proofOf(context.step);
  if (!isWorthWaiting) return askAll(all, (probe) => askProbe(probe, asking));
  // A step that did something is proven to the end although somebody cancels it then: the proof decides.
  const giveUp = isOnlyLooking(context.step) ? context.cancel : undefined;
  return askAll(all, (probe) => askProof(probe, asking, giveUp));
}

function isOnlyLooking({ action }: Step): boolean {
  return action.kind === "check";
}

/** Asks several questions at a time; answers come in the order of the questions. */
export async function askAll<Question>(
  questions: readonly Question[],
  ask: (question: Question) => Promise<ProbeResult>,
  atOnce = probesAtOnce,
): Promise<readonly ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (let start = 0; start < questions.length; start += atOnce) {
    results.push(...(await Promise.all(questions.slice(start, start + atOnce).map(ask))));
  }
  return results;
}
