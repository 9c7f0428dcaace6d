import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Stage } from "./runner-stage.ts";

/** A runner in a process of its own, to be killed. */
export interface RunnerProcess extends AsyncDisposable {
  readonly dataDir: string;
  kill(signal: NodeJS.Signals): void;
  /** Its exit status; undefined when a signal ended it. */
  readonly ended: Promise<number | undefined>;
}

export async function startRunnerProcess(stage: Stage): Promise<RunnerProcess> {
  const dataDir = join(stage.folder, "data");
  const file = join(stage.folder, "runner.json");
  const { environment, plan, databaseUrl } = stage;
  await writeFile(file, JSON.stringify({ databaseUrl, runnerId: "runner-1", dataDir, environment, plan }));
  const program = fileURLToPath(new URL("./fixtures/runner-process.ts", import.meta.url));
  const child = execa(process.execPath, [program, file], { reject: false, stdout: "ignore", stderr: "inherit" });
  return {
    dataDir,
    kill: (signal) => {
      child.kill(signal);
    },
    ended: child.then(({ exitCode }) => exitCode),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child;
    },
  };
}
