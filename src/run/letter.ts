import { z } from "zod";
import { canonicalJson } from "#src/kernel/digest.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import { stepReportSchema } from "#src/upgrade/step-report.ts";
import type { Logger, RunnerRecord } from "./ports.ts";

export const letterSchema = z.object({
  upgradeId: upgradeIdSchema,
  stepId: z.string(),
  attempt: z.number().int().min(1),
  runnerId: z.string(),
  report: stepReportSchema,
  /** What the step was run for; it goes on after a delivery that came late or from the disk. */
  trace: z.string().optional(),
  /** Output that could not be stored while the step ran. */
  chunks: z.array(z.object({ seq: z.number().int(), text: z.string() })).readonly(),
});
/** The result of an attempt on its way into the record. */
export type Letter = z.infer<typeof letterSchema>;

/**
 * Hands a result in. Where somebody has decided without it, it is recorded as what it is: late, and for people to compare
 * with what they decided. One that is in the record already is not told twice.
 */
export async function deliverLetter(letter: Letter, record: RunnerRecord, log: Logger): Promise<void> {
  const { upgradeId, stepId, attempt, runnerId, report, chunks } = letter;
  const actor = { kind: "runner", runnerId } as const;
  const told = { upgradeId, stepId, attempt, outcome: report.outcome };
  await record.appendOutput({ upgradeId, stepId, attempt }, chunks);
  const content = { stepId, attempt, runnerId, report };
  const answer = await record.submit(upgradeId, { intent: "finish_step", ...content }, actor);
  if (answer.ok) {
    log.info(told, "step result recorded");
    return;
  }
  const isKnown = await isRecorded(letter, record);
  log.warn({ ...told, isKnown, refusal: answer.problem.sentence }, "the record has moved on without this result");
  if (isKnown) return;
  const late = await record.submit(upgradeId, { intent: "report_late_result", ...content }, actor);
  if (!late.ok) log.warn({ ...told, refusal: late.problem.sentence }, "a late result was not taken");
}

/** Its delivery may have been recorded although the answer was lost with the connection. */
async function isRecorded(
  { upgradeId, stepId, attempt, report }: Letter,
  record: Pick<RunnerRecord, "events">,
): Promise<boolean> {
  const events = await record.events(upgradeId, 0);
  const text = canonicalJson(report);
  return events.some(
    ({ event }) =>
      (event.type === "step_finished" || event.type === "result_came_late") &&
      event.stepId === stepId &&
      event.attempt === attempt &&
      canonicalJson(event.report) === text,
  );
}
