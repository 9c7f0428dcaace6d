import { mkdir, open, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import { stepReportSchema } from "#src/upgrade/step-report.ts";
import type { Logger, RunnerRecord } from "./ports.ts";

const letterSchema = z.object({
  upgradeId: upgradeIdSchema,
  stepId: z.string(),
  attempt: z.number().int().min(1),
  runnerId: z.string(),
  report: stepReportSchema,
  /** Output that could not be stored while the step ran. */
  chunks: z.array(z.object({ seq: z.number().int(), text: z.string() })).readonly(),
});
/** The result of an attempt on its way into the record. */
export type Letter = z.infer<typeof letterSchema>;

/** One runner executes a bounded number of steps at once; more letters than this mean that nobody delivers them. */
const maxLetters = 1_000;

/** Keeps results on disk until the record has them: the database may be away when a step ends, or the runner may die. */
export interface Outbox {
  /** Writes a letter (fsync) and tries to deliver it at once; a database that is away is no error. */
  send(letter: Letter): Promise<void>;
  /** Delivers what is waiting; answers how many are still waiting. */
  deliver(): Promise<number>;
  /** Whether the result of this attempt is waiting. */
  holds(attempt: Pick<Letter, "upgradeId" | "stepId" | "attempt">): Promise<boolean>;
}

/** Opens the outbox in `folder`. */
export function openOutbox(folder: string, record: RunnerRecord, log: Logger): Outbox {
  let delivering: Promise<number> | undefined;

  const waiting = async (): Promise<readonly string[]> => {
    const names = await readdir(folder).catch(() => []);
    return names.filter((name) => name.endsWith(".json")).toSorted();
  };
  const deliverAll = async (): Promise<number> => {
    const names = await waiting();
    let kept = 0;
    for (const [index, name] of names.entries()) {
      try {
        await deliverLetter(join(folder, name), record, log);
      } catch (error) {
        log.warn({ letter: name, problem: errorMessage(error) }, "a result could not be delivered yet; kept on disk");
        // Every further try would wait for the same answer; any other problem is that of one letter.
        if (error instanceof AppError && error.code === "database_unreachable") return kept + names.length - index;
        kept += 1;
      }
    }
    return kept;
  };
  const deliver = (): Promise<number> => {
    delivering ??= deliverAll().finally(() => {
      delivering = undefined;
    });
    return delivering;
  };

  return {
    send: async (letter) => {
      if ((await waiting()).length >= maxLetters) {
        throw new AppError("runner_refused", `${maxLetters} results wait in ${folder}; make the database reachable`);
      }
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeSafely(folder, nameOf(letter), JSON.stringify(letter));
      // A delivery that is under way may have listed the folder before this letter was there.
      await delivering;
      await deliver();
    },
    deliver,
    holds: async (attempt) => (await waiting()).includes(nameOf(attempt)),
  };
}

function nameOf({ upgradeId, stepId, attempt }: Pick<Letter, "upgradeId" | "stepId" | "attempt">): string {
  return `${upgradeId}.${stepId}.${attempt}.json`;
}

async function deliverLetter(path: string, record: RunnerRecord, log: Logger): Promise<void> {
  const parsed = letterSchema.safeParse(parseJson(await readFile(path, "utf8")));
  if (!parsed.success) {
    await rename(path, `${path}.unreadable`);
    log.error({ path, problem: z.prettifyError(parsed.error) }, "a kept result is unreadable; it was set aside");
    return;
  }
  const { upgradeId, stepId, attempt, runnerId, report, chunks } = parsed.data;
  await record.appendOutput({ upgradeId, stepId, attempt }, chunks);
  const answer = await record.submit(
    upgradeId,
    { intent: "finish_step", stepId, attempt, runnerId, report },
    { kind: "runner", runnerId },
  );
  if (answer.ok) log.info({ upgradeId, stepId, attempt, outcome: report.outcome }, "step result recorded");
  else {
    log.warn(
      { upgradeId, stepId, attempt, outcome: report.outcome, refusal: answer.problem.sentence },
      "the record has moved on without this result",
    );
  }
  await rm(path, { force: true });
}

/** Either the whole letter is there after a crash, or none. */
async function writeSafely(folder: string, name: string, text: string): Promise<void> {
  const draft = join(folder, `${name}.draft`);
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, name));
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reported as unreadable by the caller.
    return undefined;
  }
}
