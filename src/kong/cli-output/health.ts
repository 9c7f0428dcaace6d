import { errorSentence, plainLines } from "./command-output.ts";
import type { CommandOutput } from "./command-output.ts";

export type Health =
  | { readonly kind: "running" }
  | { readonly kind: "not_running" }
  | { readonly kind: "unclear"; readonly problem: string };

/**
 * Reads `kong health`. It only looks whether the master process of the pid file lives: a node without its database, or
 * with an Admin API that answers 500, is "healthy" too (Kong 2.8.5 to 3.9.3), so this never proves that a node serves.
 */
export function readHealth(output: CommandOutput): Health {
  const said = errorSentence(output);
  if (output.exitCode === 0 && plainLines(output.stdout).some((line) => line.startsWith("Kong is healthy at "))) {
    return { kind: "running" };
  }
  if (output.exitCode === 1 && said !== undefined && /^(?:Kong is not running at|no such prefix)/u.test(said)) {
    return { kind: "not_running" };
  }
  return { kind: "unclear", problem: said ?? `kong health ended with ${output.exitCode ?? "a signal"}` };
}
