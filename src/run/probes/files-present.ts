import { stat } from "node:fs/promises";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Probe } from "#src/plan/probe.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";

/** Looks whether files and folders are there; an empty file counts as missing, since a failed `pg_dump` leaves one. */
export async function filesPresent({ paths }: Extract<Probe, { readonly kind: "files_present" }>): Promise<Answer> {
  const problems = (await Promise.all(paths.map(problemOf))).filter((problem) => problem !== undefined);
  return problems.length === 0 ? good(`${paths.join(", ")}: present`) : bad(problems[0] ?? "", problems);
}

async function problemOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size === 0 ? `${path} is empty` : undefined;
  } catch (error) {
    return `${path} is not there: ${errorMessage(error)}`;
  }
}
