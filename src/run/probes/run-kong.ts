import { limits } from "#src/discovery/limits.ts";
import type { CommandOutput } from "#src/kong/cli-output/command-output.ts";
import type { KongNode } from "#src/plan/environment.ts";
import { kongCommand } from "#src/plan/steps/kong-command.ts";
import type { ProbeContext } from "#src/run/step-context.ts";

/** Runs a read-only `kong` command of a node. @throws Error when it gives no answer in time or cannot be started. */
export async function runKong(
  { node, words }: { readonly node: KongNode; readonly words: readonly string[] },
  { environment, ports }: ProbeContext,
): Promise<CommandOutput> {
  const command = kongCommand(environment, node, words);
  const secrets = await Promise.all(
    Object.entries(command.secrets).map(async ([name, ref]) => [name, await ports.resolveSecret(ref)] as const),
  );
  const output = await ports.runCommand({
    argv: command.argv,
    env: { ...command.env, ...Object.fromEntries(secrets) },
    timeoutMs: limits.commandTimeoutMs,
  });
  if (output.timedOut) throw new Error(`\`kong ${words.join(" ")}\` gave no answer in ${limits.commandTimeoutMs} ms`);
  return output;
}
