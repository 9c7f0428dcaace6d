import { addMs } from "#src/kernel/instant.ts";
import { acknowledgeStepId, openQuestions } from "#src/upgrade/answers.ts";
import type { AnswerKind } from "#src/upgrade/answers.ts";
import { decide } from "#src/upgrade/decide.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import type { Occurred } from "#src/upgrade/evolve.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Intent, IntentOf } from "#src/upgrade/intents.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active, Upgrade } from "#src/upgrade/state.ts";
import { alice, carol, erin, inSlack, sampleEnvironment, sampleFacts } from "./samples.ts";

export const id: UpgradeId = "KU-2026-0001";

/** One upgrade in memory with its record and a clock that only moves when told. */
export class Story {
  now = "2026-11-21T03:00:00.000Z";
  upgrade: Upgrade | undefined;
  readonly occurred: Occurred[] = [];

  get events(): readonly UpgradeEvent[] {
    return this.occurred.map(({ event }) => event);
  }

  /** Says an intent and folds what follows; a refusal changes nothing. */
  say(intent: Intent): Refusal | undefined {
    const decision = decide(this.upgrade, intent, { upgradeId: id, now: this.now });
    if (!decision.ok) return decision.problem;
    for (const event of decision.value) {
      const occurred = { upgradeId: id, version: this.occurred.length + 1, at: this.now, event };
      this.upgrade = evolve(this.upgrade, occurred);
      this.occurred.push(occurred);
    }
    return undefined;
  }

  /** Like `say`, and a refusal fails the test. */
  must(intent: Intent): this {
    const refusal = this.say(intent);
    if (refusal !== undefined) throw new Error(`${intent.intent} was refused: ${refusal.sentence}`);
    return this;
  }

  wait(ms: number): this {
    this.now = addMs(this.now, ms);
    return this;
  }

  get active(): Active {
    if (this.upgrade?.status !== "active") throw new Error(`the upgrade is ${this.upgrade?.status ?? "not there"}`);
    return this.upgrade;
  }

  /** Does what a healthy runner, confirming operators and approvers do, until `stepId` has its turn (or nothing is left). */
  runUntil(stepId?: string): this {
    for (let round = 0; round < 200; round += 1) {
      if (this.upgrade === undefined || this.upgrade.status === "closed") return this;
      const todo = next(this.upgrade, this.now);
      if ("step" in todo && todo.step?.id === stepId && todo.do !== "sign") return this;
      this.advance();
    }
    throw new Error(`never came to ${stepId ?? "the end"}`);
  }

  /** Until an irreversible step has its turn. */
  runUntilIrreversible(): this {
    for (let round = 0; round < 200; round += 1) {
      if (currentStep(this.active)?.step.class === "irreversible") return this;
      this.advance();
    }
    throw new Error("never came to an irreversible step");
  }

  advance(): void {
    const todo = next(this.active, this.now);
    switch (todo.do) {
      case "run":
        this.must({
          intent: "start_step",
          stepId: todo.step.id,
          attempt: todo.attempt,
          runnerId: "r1",
          digest: todo.digest,
        });
        this.must({
          intent: "finish_step",
          stepId: todo.step.id,
          attempt: todo.attempt,
          runnerId: "r1",
          report: report("done"),
        });
        return;
      case "sign":
        this.lookAgain({ stepId: todo.step.id, attempt: todo.attempt });
        return;
      case "wait":
        this.help();
        return;
      default:
        throw new Error(`cannot go on from ${todo.do}`);
    }
  }

  /** Answers every question that is open, as alice. */
  answerAll(answer: AnswerKind = "no"): this {
    const { forward, answers } = this.active;
    for (const { id: questionId } of openQuestions(forward.plan.findings, answers)) {
      this.must({ intent: "answer_question", questionId, answer, note: "", by: inSlack(alice) });
    }
    return this;
  }

  /** The second look at carol and erin, who are still who they were. */
  lookAgain(ref: { readonly stepId: string; readonly attempt: number }): this {
    return this.must({ intent: "recheck_approval", ...ref, people: [carol, erin], envelope, checkedAt: this.now });
  }

  private help(): void {
    const todo = next(this.active, this.now);
    if (todo.do !== "wait" || todo.step === undefined) throw new Error(`waits for ${JSON.stringify(todo)}`);
    const progress = currentTrack(this.active).steps.get(todo.step.id);
    if (progress?.kind !== "ready") throw new Error(`step ${todo.step.id} is ${progress?.kind}`);
    const ref = { stepId: todo.step.id, attempt: progress.attempt };
    if (todo.for === "confirmation") {
      if (todo.step.id === acknowledgeStepId) this.answerAll();
      if (progress.approval !== undefined) this.lookAgain(ref);
      this.must({ intent: "confirm_manual_step", ...ref, note: "", by: inSlack(alice) });
    } else if (todo.for === "approval" && progress.approval !== undefined) {
      const { digest } = progress.approval;
      for (const voter of [carol, erin]) this.must({ intent: "vote", ...ref, voter, decision: "approve", digest });
    } else {
      throw new Error(`waits for ${todo.for}`);
    }
  }
}

export const envelope = { payloadType: "test", payload: "", signatures: [{ keyid: "test", sig: "" }] };

export function report(outcome: StepReport["outcome"], over: Partial<StepReport> = {}): StepReport {
  return {
    outcome,
    reason: outcome,
    precheck: [],
    proof: [],
    commands: [],
    output: { digest: `sha256:${"0".repeat(64)}`, lines: 0, bytes: 0, tail: [] },
    durationMs: 1,
    ...over,
  };
}

export const request: IntentOf<"request"> = {
  intent: "request",
  mode: "plan",
  environment: sampleEnvironment(),
  to: "3.4.2",
  strategy: "in-place",
  options: { order: "test-first" },
  channel: "C0PRACTCE",
  by: inSlack(alice),
};

/** A story whose plan was made. */
export function planned(): Story {
  return new Story().must(request).must({ intent: "report_survey", facts: sampleFacts() });
}

/** A story that was started by alice. */
export function started(): Story {
  return planned().must({ intent: "start", by: inSlack(alice) });
}
