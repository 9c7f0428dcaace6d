import { existsSync } from "node:fs";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import type { ExitCode, Invocation } from "#practice/kong/cli/invocation.ts";
import { defaultConfFiles, loadConfiguration } from "#practice/kong/configuration/configuration.ts";
import { makePrefix, writePrefix } from "#practice/kong/configuration/prefix.ts";

/** `kong version [-a]`. */
export async function printVersion(invocation: Invocation): Promise<ExitCode> {
  const { version, line, output } = invocation;
  if (line.flags.all) {
    const { ngxLua, nginx, lua } = version.build;
    output.info(`Kong: ${version.version}\nngx_lua: ${ngxLua}\nnginx: ${nginx}\nLua: ${lua}`);
  } else {
    output.info(version.version);
  }
  return 0;
}

/** `kong check FILE`: the caller's environment overrides the file here too, so a bad file can pass (transcripts 03, 07). */
export async function check(invocation: Invocation): Promise<ExitCode> {
  const { version, line, env, output } = invocation;
  const file = line.operands[0] ?? defaultConfFiles[0];
  try {
    if (!existsSync(file)) throw new KongFailure(`no file at: ${file}`);
    loadConfiguration(version, { file, prefix: undefined, env }, output);
  } catch (error) {
    if (!(error instanceof KongFailure)) throw error;
    output.error(error.message);
    return 1;
  }
  output.info(`configuration at ${file} is valid`);
  return 0;
}

/** `kong prepare`: writes the prefix, silently; looks at no database. */
export async function prepare(invocation: Invocation): Promise<ExitCode> {
  const { version, line, env, output } = invocation;
  const configuration = loadConfiguration(version, { file: line.flags.conf, prefix: line.flags.prefix, env }, output);
  makePrefix(configuration.prefix, output);
  writePrefix(configuration);
  return 0;
}
