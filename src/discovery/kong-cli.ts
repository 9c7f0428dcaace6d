import type { CommandOutput } from "#src/kong/cli-output/command-output.ts";
import { errorSentence } from "#src/kong/cli-output/command-output.ts";
import { readMigrationsList } from "#src/kong/cli-output/migrations-list.ts";
import { readMigrationsStatus } from "#src/kong/cli-output/migrations-status.ts";
import { readVersion } from "#src/kong/cli-output/version.ts";
import type { MigrationState } from "#src/kong/facts.ts";
import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { configurationFlags, kongCommand, kongCommandOf } from "#src/plan/steps/kong-command.ts";
import { limits } from "./limits.ts";
import type { DiscoveryPorts } from "./ports.ts";

/**
 * `kong version` of a node's installed package; of the image of that version where the node's commands run in Jobs.
 * @throws Error with what Kong said.
 */
export async function readCliVersion(
  environment: Environment,
  node: KongNode,
  ports: DiscoveryPorts,
  version?: string,
): Promise<string> {
  const output = await runKong(environment, { node, words: ["version"], version }, ports);
  const told = readVersion(output);
  if (told === undefined) throw new Error(`\`kong version\` told none: ${errorSentence(output) ?? "no output"}`);
  return told;
}

/**
 * The migration state that a node's package sees: `migrations status` from 3.0 on, `migrations list` before.
 * `image` is the version whose Job is asked instead of the node's own package, where its commands run in Jobs.
 * It speaks about the package that runs it; a schema newer than that package looks up to date to it.
 * @throws Error with what Kong said.
 */
export async function readMigrations(
  environment: Environment,
  { node, cliVersion, image }: { readonly node: KongNode; readonly cliVersion: string; readonly image?: string },
  ports: DiscoveryPorts,
): Promise<MigrationState> {
  const version = parseVersion(cliVersion);
  const hasStatus = version !== undefined && isAtLeast(version, "3.0");
  const words = ["migrations", hasStatus ? "status" : "list", ...configurationFlags(node)];
  const output = await runKong(environment, { node, words, version: image }, ports);
  const reading = hasStatus ? readMigrationsStatus(output) : readMigrationsList(output);
  if (reading.kind === "failed") throw new Error(reading.problem);
  return reading.migrations;
}

interface KongCall {
  readonly node: KongNode;
  readonly words: readonly string[];
  /** Which version has to be asked, where the node's pods may run another one. */
  readonly version?: string | undefined;
}

/** Runs a read-only `kong` command of a node. @throws Error when it gives no answer in time or cannot be started. */
export async function runKong(
  environment: Environment,
  { node, words, version }: KongCall,
  ports: DiscoveryPorts,
): Promise<CommandOutput> {
  const command =
    version === undefined
      ? kongCommand(environment, node, words)
      : kongCommandOf(environment, { node, version }, words);
  const timeoutMs = command.via?.kind === "job" ? limits.jobTimeoutMs : limits.commandTimeoutMs;
  const secrets = await Promise.all(
    Object.entries(command.secrets).map(async ([name, secret]) => [name, await ports.resolveSecret(secret)] as const),
  );
  const output = await ports.runCommand({
    argv: command.argv,
    env: { ...command.env, ...Object.fromEntries(secrets) },
    timeoutMs,
    via: command.via,
  });
  if (output.timedOut) throw new Error(`\`kong ${words.join(" ")}\` gave no answer in ${timeoutMs} ms`);
  return output;
}
