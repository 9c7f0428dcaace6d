import { existsSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import type { ExitCode, Invocation } from "#practice/kong/cli/invocation.ts";
import { loadConfiguration } from "#practice/kong/configuration/configuration.ts";
import type { Configuration } from "#practice/kong/configuration/configuration.ts";
import { makePrefix } from "#practice/kong/configuration/prefix.ts";
import { openDatabase } from "#practice/kong/database/connection.ts";
import { exportDatabase, importEntities } from "#practice/kong/declarative/declarative-database.ts";
import { readDeclarativeFile } from "#practice/kong/declarative/declarative-file.ts";
import type { DeclaredEntity } from "#practice/kong/declarative/declarative-file.ts";
import { databaseTimeoutMs } from "./database-timeout.ts";

const defaultFile = "kong.yml";

/** `kong config init|db_export|db_import|parse` (transcript 15). */
export async function config(invocation: Invocation): Promise<ExitCode> {
  const { line, output } = invocation;
  if (line.subcommand === "init") return writeSample(invocation);
  const configuration = nodeConfiguration(invocation);
  makePrefix(configuration.prefix, output);
  switch (line.subcommand) {
    case "db_export":
      return exportToFile(invocation, configuration);
    case "parse":
      warnOfDeprecations(invocation, readDeclarativeFile(givenFile(invocation), invocation.version));
      output.info("parse successful");
      return 0;
    case "db_import":
      return importFromFile(invocation, configuration);
    default:
      throw new Error(`kong config ${line.subcommand ?? ""} is not simulated`);
  }
}

async function exportToFile(invocation: Invocation, configuration: Configuration): Promise<ExitCode> {
  const file = invocation.line.operands[0] ?? defaultFile;
  await using database = await openDatabase(configuration, databaseTimeoutMs(configuration, invocation.line.flags));
  if (existsSync(file)) throw new KongFailure(`${file} already exists. Will not overwrite it.`);
  const document = await exportDatabase(database.client, invocation.version);
  writeFileSync(file, stringify(document), { mode: 0o600 });
  return 0;
}

async function importFromFile(invocation: Invocation, configuration: Configuration): Promise<ExitCode> {
  const { version, output } = invocation;
  const entities = readDeclarativeFile(givenFile(invocation), version);
  await using database = await openDatabase(configuration, databaseTimeoutMs(configuration, invocation.line.flags));
  warnOfDeprecations(invocation, entities);
  output.info("parse successful, beginning import");
  // The real command validates again while it stores, hence the warnings twice.
  warnOfDeprecations(invocation, entities);
  await importEntities(database.client, entities);
  output.info("import successful");
  return 0;
}

function writeSample(invocation: Invocation): ExitCode {
  const file = invocation.line.operands[0] ?? defaultFile;
  if (existsSync(file))
    throw new KongFailure(`${file} already exists in the current directory.\nWill not overwrite it.`);
  writeFileSync(file, `_format_version: "${invocation.version.declarative.writes}"\n\nservices: []\n`);
  return 0;
}

function givenFile(invocation: Invocation): string {
  const [file] = invocation.line.operands;
  if (file !== undefined) return file;
  throw new KongFailure("expected a declarative configuration file; see `kong config --help`");
}

/** With a node's .kong_env in the prefix, that file is the configuration. */
function nodeConfiguration(invocation: Invocation): Configuration {
  const { version, line, env, output } = invocation;
  const { conf, prefix } = line.flags;
  if (conf !== undefined) return loadConfiguration(version, { file: conf, prefix, env }, output);
  const early = loadConfiguration(version, { file: undefined, prefix, env }, output);
  if (!existsSync(early.kongEnv)) return early;
  return loadConfiguration(version, { file: early.kongEnv, prefix: early.prefix, env });
}

function warnOfDeprecations(invocation: Invocation, entities: readonly DeclaredEntity[]): void {
  for (const { plugin, field, text } of invocation.version.deprecations) {
    for (const { kind, values } of entities) {
      if (kind !== "plugins" || values["name"] !== plugin) continue;
      const settings = values["config"];
      if (typeof settings !== "object" || settings === null || !(field in settings)) continue;
      invocation.output.warn(`${process.pid}#${process.pid}: *2 [kong] ${text}, context: ngx.timer`);
    }
  }
}
