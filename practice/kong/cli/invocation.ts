import type { Environment } from "#practice/kong/configuration/configuration.ts";
import type { KongVersion } from "#practice/kong/versions/version.ts";
import type { CommandLine } from "./arguments.ts";
import type { Output } from "./output.ts";

/** One run of the command line: which version, what was asked, and the world it may touch. */
export interface Invocation {
  readonly version: KongVersion;
  readonly line: CommandLine;
  readonly env: Environment;
  readonly output: Output;
}

/** Exit code of a command that ended regularly. */
export type ExitCode = number;
