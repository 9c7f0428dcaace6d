import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executionNote } from "#practice/kong/installation.ts";

/** A program as it was started in the simulated world, whatever anybody recorded. */
export interface Execution {
  readonly pid: number;
  /** The attempt of a step that its runner marked it with; undefined for what nobody marked. */
  readonly attempt:
    | { readonly database: string; readonly upgradeId: string; readonly stepId: string; readonly number: number }
    | undefined;
  /** When, in epoch milliseconds; to some 10 ms. */
  readonly atMs: number;
  readonly program: string;
  readonly words: string;
}

/** Reads what the launchers wrote down. @throws Error for a line that nobody of them wrote */
export async function readExecutions(file: string): Promise<readonly Execution[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const startedAt = Date.now() - secondsOf(await readFile("/proc/uptime", "utf8")) * 1_000;
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [pid, marker = "", at = "", program, ...words] = line.split("\t");
      if (program === undefined) throw new Error(`not an execution: ${line}`);
      const atMs = Math.round(startedAt + secondsOf(at) * 1_000);
      return { pid: Number(pid), attempt: attemptOf(marker), atMs, program, words: words.join("\t") };
    });
}

/** As proc(5) tells the uptime: seconds with a fraction, and more behind it. */
function secondsOf(uptime: string): number {
  return Number(uptime.trim().split(" ")[0]);
}

/** The form of the runner's marker: `host:port/database#upgrade/step/attempt`. */
function attemptOf(marker: string): Execution["attempt"] {
  if (marker === "-") return undefined;
  const found = /^(.+)#([^/#]+)\/([^/]+)\/(\d+)$/u.exec(marker);
  const [, database, upgradeId, stepId, number] = found ?? [];
  if (database === undefined || upgradeId === undefined || stepId === undefined)
    throw new Error(`not the marker of an attempt: ${marker}`);
  return { database, upgradeId, stepId, number: Number(number) };
}

/** A launcher that writes its execution down and goes on as the real program, or ends at once where there is none. */
export async function writeRecorded(
  folder: string,
  name: string,
  { real, executionsFile }: { readonly real: string | undefined; readonly executionsFile: string },
): Promise<string> {
  const path = join(folder, name);
  const then = real === undefined ? "exit 0" : `exec '${real}' "$@"`;
  await writeFile(path, `#!/bin/sh\n${executionNote(name, executionsFile)}${then}\n`, { mode: 0o755 });
  return path;
}
