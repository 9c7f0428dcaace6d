import type { Step } from "#src/plan/step.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { Next } from "#src/upgrade/next.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { inTrace, newTrace } from "#src/trace.ts";
import { claimAndRun } from "./claim-and-run.ts";
import { compareInstallations } from "./compare-installations.ts";
import { lookWhileByHand } from "./drift/look-while-by-hand.ts";
import { collectEvidence } from "./evidence.ts";
import { createRedactor } from "./output/redact.ts";
import { permittedPorts } from "./permitted-ports.ts";
import { whyForEver } from "./refused-letter.ts";
import { secretsOf } from "./secrets-of.ts";
import { takeUp } from "./take-up.ts";
import type { OpenTurn } from "./turn-order.ts";
import type { Turn, Workplace } from "./workplace.ts";

/** An upgrade that goes on without people for longer than this is broken. */
const maxTurns = 1_000;

/** Does what the fold of the record says is to do now, until it is somebody else's turn. */
export async function attendUpgrade(id: UpgradeId, workplace: Workplace): Promise<void> {
  for (let turn = 0; turn < maxTurns && !workplace.leave.aborted; turn += 1) {
    const [upgrade, now] = await Promise.all([workplace.record.find(id), workplace.record.now()]);
    const environment = upgrade && workplace.environments.get(upgrade.request.environment.name);
    if (upgrade === undefined || environment === undefined) return;
    const instruction = next(upgrade, now);
    if (!(await follow({ upgrade, environment, workplace }, instruction))) return;
  }
}

/** Answers whether something was done, so that it is worth looking again. */
async function follow(turn: Turn, instruction: Next): Promise<boolean> {
  switch (instruction.do) {
    case "survey":
      return isOurs(turn, "survey", "survey") && traced(turn, () => reportSurvey(turn));
    case "run": {
      const { upgrade } = turn;
      if (upgrade.status !== "active") return false;
      if (!isOurs(turn, "step", `${instruction.step.id} ${instruction.attempt}`)) return false;
      return traced(turn, () => claimAndRun({ ...turn, upgrade }, instruction));
    }
    case "watch":
      return instruction.runnerId === turn.workplace.runnerId && traced(turn, () => giveUp(turn, instruction));
    case "probe":
      return traced(turn, async () => (await takeUpUnknown(turn)) || reportEvidence(turn, instruction));
    case "wait": {
      const { upgrade } = turn;
      if (instruction.for !== "confirmation" || upgrade.status !== "active") return takeUpUnknown(turn);
      return lookWhileByHand({ ...turn, upgrade });
    }
    case "sign":
    case "nothing":
      return false;
    default:
      return unreachable(instruction);
  }
}

/** Another runner may go first; the next sweep looks whether this one has to stand in. */
function isOurs({ upgrade, environment, workplace }: Turn, work: OpenTurn["work"], key: string): boolean {
  return workplace.order.isOurs({ upgradeId: upgrade.id, environment: environment.name, work, key });
}

/** Works in the trace of whoever made it this runner's turn; what follows by itself goes on in it. */
async function traced({ upgrade, workplace }: Turn, work: () => Promise<boolean>): Promise<boolean> {
  return inTrace((await workplace.record.traceOf(upgrade.id)) ?? newTrace(), work);
}

async function reportSurvey({ upgrade, environment, workplace }: Turn): Promise<boolean> {
  const { record, resolveSecret, runnerId, alarms, log } = workplace;
  if (!workplace.mayStart()) return false;
  const differences = compareInstallations(environment, upgrade.request.environment);
  if (differences.length > 0) {
    await alarms.raise(upgrade.id, {
      kind: "survey",
      what: `the bot's configuration of ${environment.name} is not that of runner ${runnerId} (${differences.join(", ")} differ), so nothing was looked at; make both the same, abort this and plan again`,
    });
    return false;
  }
  const redactor = createRedactor(await secretsOf(environment, undefined, resolveSecret));
  log.info({ upgradeId: upgrade.id, environment: environment.name }, "reading the installation");
  const { to, strategy, options } = upgrade.request;
  const asked = { upgradeId: upgrade.id, environment, to, strategy, options };
  // The catalogue of hazards takes memory in a process that starts others, and a step needs none of it.
  const { survey, withoutAnswer } = await import("./survey.ts");
  const ports = permittedPorts(workplace, environment);
  const facts = await survey(asked, ports, redactor);
  const report = (told: Facts): ReturnType<typeof record.submit> =>
    record.submit(upgrade.id, { intent: "report_survey", facts: told }, { kind: "runner", runnerId });
  // Nobody would hear of it, and the installation would be read every few seconds for ever.
  const name = `survey of ${upgrade.id} at ${upgrade.version}`;
  const answer = await report(facts).catch((error: unknown) => {
    const why = workplace.refusedLooks.whyGivenUp(name, error);
    if (why === undefined) throw error;
    return report(withoutAnswer(environment, ports, `it was read, but the record does not take what was seen: ${why}`));
  });
  workplace.refusedLooks.forget(name);
  return answer.ok;
}

/** A step that this runner itself had started elsewhere is followed to its end before anybody looks for traces. */
async function takeUpStarted(
  turn: Turn,
  { step, attempt }: { readonly step: Step; readonly attempt: number },
): Promise<boolean> {
  const { upgrade } = turn;
  return upgrade.status === "active" && takeUp({ ...turn, upgrade }, step, attempt);
}

/** Whoever saw how a step ended says so as long as nobody has decided; what was said once is not said again. */
async function takeUpUnknown(turn: Turn): Promise<boolean> {
  const { upgrade } = turn;
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (current?.progress.kind !== "unknown" || current.progress.report !== undefined) return false;
  return takeUpStarted(turn, { step: current.step, attempt: current.progress.attempt });
}

/** A step that runs under our name although we do not run it: we died in the middle and came back. */
async function giveUp(turn: Turn, { step, attempt }: Extract<Next, { readonly do: "watch" }>): Promise<boolean> {
  const { upgrade, workplace } = turn;
  const { record, runnerId, outbox, claims, log } = workplace;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  if (await outbox.holds(place)) {
    await outbox.deliver();
    return !(await outbox.holds(place));
  }
  if (await claims.settleUnanswered(place)) return true;
  if (await takeUpStarted(turn, { step, attempt })) return true;
  log.warn(place, "this runner ended while the step ran; its outcome is unknown");
  const reason = `runner ${runnerId} ended while the step ran and came back; nobody saw how the step ended`;
  const answer = await record.submit(
    upgrade.id,
    { intent: "report_runner_lost", stepId: step.id, attempt, runnerId, reason },
    { kind: "runner", runnerId },
  );
  return answer.ok;
}

async function reportEvidence(
  { upgrade, environment, workplace }: Turn,
  { step, attempt }: Extract<Next, { readonly do: "probe" }>,
): Promise<boolean> {
  const { record, resolveSecret, runnerId, running, transports, permits, leave } = workplace;
  if (!workplace.mayStart() || upgrade.status !== "active") return false;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  const probes = await collectEvidence(
    { attempt: place, step },
    {
      environment,
      baseline: upgrade.baseline,
      ports: permittedPorts(workplace, environment),
      redactor: createRedactor(await secretsOf(environment, step, resolveSecret)),
      permits,
      running,
      transports,
      leave,
    },
  );
  if (leave.aborted) return false;
  const report = (told: typeof probes): ReturnType<typeof record.submit> =>
    record.submit(
      upgrade.id,
      { intent: "report_evidence", stepId: step.id, attempt, runnerId, probes: told },
      { kind: "runner", runnerId },
    );
  const answer = await report(probes).catch((error: unknown) => {
    const why = whyForEver(error);
    if (why === undefined) throw error;
    return report([evidenceRefused(probes, why)]);
  });
  return answer.ok;
}

/** People choose with what is left of it: whether something works still decides what they are offered. */
function evidenceRefused(probes: readonly ProbeResult[], why: string): ProbeResult {
  const isRunning = probes.some((probe) => probe.isRunning === true);
  const seen = isRunning ? "; something of the step works still, so do not start it again" : "";
  return {
    kind: "evidence",
    verdict: "undetermined",
    summary: `evidence was collected, but the record does not take it: ${why}; look at the installation yourself${seen}`,
    details: [],
    ...(isRunning ? { isRunning } : {}),
  };
}
