import { stat } from "node:fs/promises";
import { errorMessage } from "#src/kernel/app-error.ts";
import { lookBy } from "#src/discovery/cluster-commands.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Transport } from "#src/plan/transport.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { nodeOf } from "./node-of.ts";

/** Looks whether files and folders are there; an empty file counts as missing, since a failed `pg_dump` leaves one. */
export async function filesPresent(
  { paths, node }: Extract<Probe, { readonly kind: "files_present" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const via = node === undefined ? undefined : nodeOf(environment, node).transport;
  if (via !== undefined) return presentElsewhere(paths, via, ports);
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

/** `test` says yes with status 0 and no with 1 (POSIX, XCU test); anything else is no answer. */
async function presentElsewhere(
  paths: readonly string[],
  via: Transport,
  ports: ProbeContext["ports"],
): Promise<Answer> {
  const where = describeTransport(via);
  const missing: string[] = [];
  for (const path of paths) {
    const { exitCode, stderr } = await lookBy(["test", "-d", path, "-o", "-s", path], ports, via);
    if (exitCode === 1) missing.push(`${path} is not there, or is empty (${where})`);
    else if (exitCode !== 0) return unclear(`whether ${path} is there cannot be told by ${where}`, [stderr]);
  }
  return missing.length === 0 ? good(`${paths.join(", ")}: present (${where})`) : bad(missing[0] ?? "", missing);
}
