import type { Directory } from "#approvals/directory.ts";
import { ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import { crossCheck } from "./cross-check.ts";
import { fileSchema } from "./file-schema.ts";
import type { ConfigFile } from "./file-schema.ts";
import { readYaml } from "./read-yaml.ts";
import type { Complaint } from "./read-yaml.ts";
import { toDirectory } from "./to-directory.ts";
import { toEnvironment } from "./to-environment.ts";

/** What the file says. */
export interface Configuration {
  readonly environments: readonly Environment[];
  /** Who is who, and lists of people that Slack does not keep. */
  readonly directory: Directory;
}

/** Reads `kong-upgrade.yml`: what it says, or all complaints at once with path and line. */
export function readConfigFile(text: string): Result<Configuration, readonly Complaint[]> {
  const read = readYaml(text, fileSchema, crossCheck);
  return read.ok ? ok(toConfiguration(read.value)) : read;
}

function toConfiguration(file: ConfigFile): Configuration {
  return {
    environments: Object.entries(file.environments).map(([name, each]) => toEnvironment(name, each, file)),
    directory: toDirectory(file),
  };
}
