import { join } from "node:path";
import { findRehearsal } from "#commands/rehearsal.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { createChunkStore } from "#src/run/output/chunk-store.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { createStepOutput } from "#src/run/output/step-output.ts";
import { openRunningProcesses } from "#src/run/process/running-processes.ts";
import { openRemoteAttempts } from "#src/run/transports/remote-attempts.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import { planAgain } from "#src/run/plan-again.ts";
import { runStep } from "#src/run/run-step.ts";
import { secretsOf } from "#src/run/secrets-of.ts";
import { survey } from "#src/run/survey.ts";
import { acknowledgeStepId, openQuestions } from "#src/upgrade/answers.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import type { Next } from "#src/upgrade/next.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active, Upgrade } from "#src/upgrade/state.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { envelope } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { alice, carol, erin, inSlack } from "#test/support/samples.ts";
import { silentLog } from "#test/src/run/stage.ts";
import type { Place } from "./ground.ts";

const runnerId = "runner-1";
const actor = { kind: "runner", runnerId } as const;
const baseEnv = { PATH: "/usr/local/bin:/usr/bin:/bin" };
/** More rounds than any plan has steps, with an approval and a signature each. */
const maxRounds = 400;

/** What a person does for a step that no hook does; a step without a deed is one that only has to be confirmed. */
export type Deeds = (step: Step) => Promise<void>;

export interface PlanWish {
  readonly to: string;
  readonly strategy: string;
  readonly order?: "test-first" | "documented";
  readonly byHand?: Deeds;
  /** Where earlier upgrades are found, such as a rehearsal; a record of its own where absent. */
  readonly desk?: MemoryDesk;
}

/** One upgrade of a site from survey to end: the real brain in memory, real steps, approvals by the test. */
export class Execution {
  readonly #place: Place;
  readonly #desk: MemoryDesk;
  readonly #byHand: Deeds;
  #upgrade: Upgrade;
  /** Ids of the steps that were executed, in order. */
  readonly executed: string[] = [];

  private constructor(place: Place, desk: MemoryDesk, begun: { readonly upgrade: Upgrade; readonly byHand: Deeds }) {
    this.#place = place;
    this.#desk = desk;
    this.#upgrade = begun.upgrade;
    this.#byHand = begun.byHand;
  }

  /** Surveys the site, makes the plan and starts it. @throws Error where the plan is refused. */
  static async start(place: Place, wish: PlanWish): Promise<Execution> {
    const desk = wish.desk ?? new MemoryDesk();
    const { environment } = place;
    const { to, strategy } = wish;
    const rehearsal = await findRehearsal(desk, environment, { to, strategy });
    const options = { order: wish.order ?? "test-first" };
    const asked = await desk.request(
      {
        intent: "request",
        mode: "plan",
        environment,
        to,
        strategy,
        options,
        channel: environment.channel,
        by: inSlack(alice),
        ...(rehearsal === undefined ? {} : { rehearsal }),
      },
      actor,
    );
    if (!asked.ok) throw new Error(asked.problem.sentence);
    const { upgrade } = asked.value;
    const execution = new Execution(place, desk, { upgrade, byHand: wish.byHand ?? (async () => undefined) });
    const facts = await survey(
      { upgradeId: upgrade.id, environment, to, strategy, options, rehearsal },
      livePorts({ resolveSecret: (ref) => place.resolveSecret(ref), baseEnv }),
      createRedactor([]),
    );
    await execution.#must({ intent: "report_survey", facts });
    if (execution.#upgrade.status === "closed") {
      throw new Error(`no plan: ${JSON.stringify(execution.#upgrade.outcome)}`);
    }
    await execution.#must({ intent: "start", by: inSlack(alice) });
    return execution;
  }

  get upgrade(): Upgrade {
    return this.#upgrade;
  }

  /** The plan that is executed now. */
  get plan(): Plan {
    return currentTrack(this.#active()).plan;
  }

  /** Executes every step up to this one, which is left alone; to the end where none is named. */
  async run(until?: string): Promise<this> {
    for (let round = 0; round < maxRounds; round += 1) {
      if (this.#upgrade.status === "closed") {
        if (until !== undefined) throw new Error(`the upgrade ended before ${until}`);
        return this;
      }
      const todo = next(this.#active(), instantOf(Date.now()));
      if ("step" in todo && todo.step?.id === until) return this;
      await this.#advance(todo);
    }
    throw new Error(`never came to ${until ?? "the end"}`);
  }

  /** Turns back from here and executes the way back to its end. */
  async rollBack(): Promise<this> {
    await this.startRollback();
    return this.run();
  }

  async startRollback(): Promise<void> {
    await this.#must({ intent: "roll_back", reason: "the test wants to see the way back", by: inSlack(alice) });
  }

  /** Runs the next step, which is expected not to be done, and answers what its runner reported. */
  async runFailing(): Promise<StepReport> {
    const todo = next(this.#active(), instantOf(Date.now()));
    if (todo.do !== "run") throw new Error(`next is ${todo.do}, not a step for a runner`);
    const report = await this.#runStep(todo);
    if (report.outcome === "done") throw new Error(`${todo.step.id} was done`);
    return report;
  }

  #active(): Active {
    if (this.#upgrade.status !== "active") throw new Error(`the upgrade is ${this.#upgrade.status}`);
    return this.#upgrade;
  }

  async #must(intent: Intent): Promise<void> {
    const answer = await this.#desk.submit(this.#upgrade.id, intent, actor);
    if (!answer.ok) throw new Error(`${intent.intent} was refused: ${answer.problem.sentence}`);
    this.#upgrade = answer.value.upgrade;
  }

  async #advance(todo: Next): Promise<void> {
    switch (todo.do) {
      case "run": {
        const report = await this.#runStep(todo);
        if (report.outcome !== "done") throw new Error(explain(todo.step, report));
        return;
      }
      case "sign":
        await this.#lookAgain({ stepId: todo.step.id, attempt: todo.attempt });
        return;
      case "wait":
        await this.#help(todo);
        return;
      default:
        throw new Error(`cannot go on from ${todo.do}`);
    }
  }

  /** The second look at carol and erin, who are still who they were. */
  async #lookAgain(ref: { readonly stepId: string; readonly attempt: number }): Promise<void> {
    const checkedAt = instantOf(Date.now());
    await this.#must({ intent: "recheck_approval", ...ref, people: [carol, erin], envelope, checkedAt });
  }

  async #runStep({ step, attempt, digest }: Extract<Next, { readonly do: "run" }>): Promise<StepReport> {
    const upgrade = this.#active();
    // What a runner does before it starts anything: the plan has to follow from the facts.
    if (planAgain(upgrade)?.digest !== currentTrack(upgrade).plan.digest) throw new Error("the plan became another");
    await this.#must({ intent: "start_step", stepId: step.id, attempt, runnerId, digest });
    const { environment, folders } = this.#place;
    const resolveSecret: Place["resolveSecret"] = (ref) => this.#place.resolveSecret(ref);
    const report = await runStep({
      upgradeId: upgrade.id,
      step,
      attempt,
      mayHaveRun: false,
      environment,
      baseline: upgrade.baseline,
      ports: livePorts({ resolveSecret, baseEnv }),
      redactor: createRedactor(await secretsOf(environment, step, resolveSecret)),
      output: createStepOutput(createChunkStore(async () => undefined, silentLog)),
      resolveSecret,
      baseEnv,
      running: openRunningProcesses(join(folders.root, "running")),
      isStillOurs: async () => true,
      transports: openTransports(baseEnv),
      remoteAttempts: openRemoteAttempts(join(folders.root, "remote")),
      leave: new AbortController().signal,
      cancel: new AbortController().signal,
      log: silentLog,
    });
    await this.#must({ intent: "finish_step", stepId: step.id, attempt, runnerId, report });
    this.executed.push(step.id);
    return report;
  }

  async #help(todo: Extract<Next, { readonly do: "wait" }>): Promise<void> {
    const { step } = todo;
    const upgrade = this.#active();
    const progress = step === undefined ? undefined : currentTrack(upgrade).steps.get(step.id);
    if (step === undefined || progress?.kind !== "ready") throw new Error(`waits for ${todo.for}`);
    const ref = { stepId: step.id, attempt: progress.attempt };
    if (todo.for === "confirmation") {
      if (step.id === acknowledgeStepId) await this.#answerAll();
      await this.#byHand(step);
      if (progress.approval !== undefined) await this.#lookAgain(ref);
      await this.#must({ intent: "confirm_manual_step", ...ref, note: "", by: inSlack(alice) });
      this.executed.push(step.id);
    } else if (todo.for === "approval" && progress.approval !== undefined) {
      const { digest } = progress.approval;
      for (const voter of [carol, erin])
        await this.#must({ intent: "vote", ...ref, voter, decision: "approve", digest });
    } else {
      throw new Error(`waits for ${todo.for}`);
    }
  }

  async #answerAll(): Promise<void> {
    const { forward, answers } = this.#active();
    for (const { id } of openQuestions(forward.plan.findings, answers)) {
      await this.#must({ intent: "answer_question", questionId: id, answer: "no", note: "", by: inSlack(alice) });
    }
  }
}

/** What a person would be shown, for the message of a failed test. */
function explain({ id, action }: Step, report: StepReport): string {
  const wrong = [...report.precheck, ...report.proof].filter(({ verdict }) => verdict !== "ok");
  return [
    `step ${id} (${action.kind}) is ${report.outcome}: ${report.reason}`,
    ...wrong.map(({ kind, verdict, summary, details }) => `  ${kind} ${verdict}: ${summary} ${details.join(" | ")}`),
    ...report.output.tail.map((line) => `  > ${line}`),
  ].join("\n");
}
