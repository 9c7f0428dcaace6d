import { errorSentence } from "#src/kong/cli-output/command-output.ts";
import type { CommandOutput } from "#src/kong/cli-output/command-output.ts";
import type { Kubernetes } from "#src/plan/kubernetes.ts";
import { limits } from "./limits.ts";
import type { CommandCall, DiscoveryPorts } from "./ports.ts";

/** A `kubectl` command line with context and namespace pinned, so that the runner's current context never decides. */
export function kubectl(
  { kubectl: program, context, namespace }: Kubernetes,
  words: readonly string[],
): readonly string[] {
  return [program, "--context", context, "--namespace", namespace, ...words];
}

/** The same for `helm`. */
export function helm({ helm: program, context, namespace }: Kubernetes, words: readonly string[]): readonly string[] {
  return [program, "--kube-context", context, "--namespace", namespace, ...words];
}

/** Runs a program that only looks, to its end. @throws Error when it gives no answer in time or cannot be started */
export async function lookBy(
  argv: readonly string[],
  ports: DiscoveryPorts,
  via?: CommandCall["via"],
): Promise<CommandOutput> {
  const output = await ports.runCommand({ argv, env: {}, timeoutMs: limits.commandTimeoutMs, via });
  if (output.timedOut) throw new Error(`\`${argv.join(" ")}\` gave no answer in ${limits.commandTimeoutMs} ms`);
  return output;
}

/** What a program prints that ends with status 0. @throws Error with what it said otherwise */
export async function textOf(argv: readonly string[], ports: DiscoveryPorts): Promise<string> {
  const output = await lookBy(argv, ports);
  if (output.exitCode === 0) return output.stdout;
  const said = errorSentence(output) ?? output.stderr.slice(0, 300);
  throw new Error(`\`${argv.join(" ")}\` failed: ${said}`);
}

/** The JSON that a program prints. @throws Error with what it said otherwise */
export async function jsonOf(argv: readonly string[], ports: DiscoveryPorts): Promise<unknown> {
  const text = await textOf(argv, ports);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`\`${argv.join(" ")}\` printed no JSON`, { cause });
  }
}
