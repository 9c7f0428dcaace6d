import { randomBytes } from "node:crypto";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import type { RemoteCall } from "./run-remote.ts";

/** What a command printed that only looks. */
export interface Answered {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** An answer that is longer is no answer to a look. */
const maxAnswerBytes = 16 * 1_024 * 1_024;

/**
 * Runs a command that only looks, keeping what it prints. Answers its name as well, so that its traces can be removed.
 * @throws Error when it was not started, its end is not known, or it prints more than 16 MiB.
 */
export async function ask(
  run: (call: RemoteCall) => Promise<ProcessEnd>,
  call: Pick<RemoteCall, "argv" | "env" | "timeoutMs">,
): Promise<Answered & { readonly name: string }> {
  const name = `look.${randomBytes(8).toString("hex")}`;
  const tooMuch = new AbortController();
  const kept: Record<"stdout" | "stderr", Uint8Array[]> = { stdout: [], stderr: [] };
  let bytes = 0;
  const end = await run({
    ...call,
    name,
    cancel: tooMuch.signal,
    onOutput: async (stream, more) => {
      bytes += more.length;
      if (bytes > maxAnswerBytes) tooMuch.abort();
      else kept[stream].push(Uint8Array.from(more));
    },
  });
  if ("problem" in end) throw new Error(end.problem);
  if (end.kind === "cancelled") throw new Error(`it printed more than ${maxAnswerBytes} bytes`);
  return {
    name,
    exitCode: end.kind === "exited" ? end.exitCode : undefined,
    stdout: Buffer.concat(kept.stdout).toString("utf8"),
    stderr: Buffer.concat(kept.stderr).toString("utf8"),
    timedOut: end.kind === "timed_out",
  };
}
