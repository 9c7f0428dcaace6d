import { currentTrack } from "#src/upgrade/state.ts";
import type { RunnerRecord } from "./ports.ts";
import type { StepAttempt } from "./process/running-processes.ts";

/** An answer that is older than this is asked for again: the process, or its machine, stood still in between. */
const freshMs = 2_000;
const maxQuestions = 3;

/**
 * Whether an attempt still runs under this runner's name; undefined where the record cannot be asked. A runner that stood
 * still for a while (SIGSTOP, a suspended machine) was taken for dead, and would start what others were told to do.
 */
export async function isStillOurs(
  record: Pick<RunnerRecord, "find">,
  { upgradeId, stepId, attempt, runnerId }: StepAttempt & { readonly runnerId: string },
): Promise<boolean | undefined> {
  for (let question = 0; question < maxQuestions; question += 1) {
    const askedAt = performance.now();
    const upgrade = await record.find(upgradeId).catch(() => undefined);
    if (upgrade === undefined) return undefined;
    const progress = upgrade.status === "active" ? currentTrack(upgrade).steps.get(stepId) : undefined;
    const isOurs = progress?.kind === "running" && progress.attempt === attempt && progress.runnerId === runnerId;
    if (!isOurs || performance.now() - askedAt < freshMs) return isOurs;
  }
  return undefined;
}

/** For people, where the answer is not yes. */
export function whyNotOurs(isOurs: false | undefined): string {
  return isOurs === false
    ? "this runner was given up meanwhile, so the step is not its own any more"
    : "the database could not be asked whether the step is still this runner's";
}

/**
 * One question for all who ask at the same time, such as the nodes of a batch; each gets the answer to a question that was put
 * after its own.
 */
export function askedTogether<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asking: Promise<unknown> = Promise.resolve();
  let next: Promise<Answer> | undefined;
  const put = (): Promise<Answer> => {
    next = undefined;
    const answer = ask();
    asking = answer.catch(() => undefined);
    return answer;
  };
  return () => {
    next ??= asking.then(put);
    return next;
  };
}
