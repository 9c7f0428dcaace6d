import type { Setting } from "#src/kong/inventory.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { bounds } from "./bounds.ts";
import { settingsOfConf, settingsOfVariables, variablesOfText } from "./settings.ts";
import type { SettingsReading } from "./settings.ts";
import { isWebPage, readTextFile } from "./text-file.ts";
import type { ByteBudget } from "./text-file.ts";
import type { Trouble } from "./trouble.ts";

export interface ConfigurationSources {
  /** Paths of kong.conf files. */
  readonly conf: readonly string[];
  /** Paths of files with NAME=value lines, or the variables themselves. */
  readonly env: readonly string[] | Readonly<Record<string, string | undefined>>;
}

export interface ConfigurationReading {
  readonly settings: readonly Setting[];
  /** Undefined where no environment was read: a kong.conf says nothing of it. */
  readonly environmentNames: readonly string[] | undefined;
  readonly versions: readonly { readonly version: string; readonly source: string }[];
  /** ISO day. */
  readonly licenceEnd: string | undefined;
  /** How many sources were read. */
  readonly read: number;
  readonly troubles: readonly Trouble[];
  readonly notes: readonly Trouble[];
}

/** Reads kong.conf files and environments; a variable wins over the same key of a file. */
export async function readSettings(
  { conf, env }: ConfigurationSources,
  budget: ByteBudget,
): Promise<ConfigurationReading> {
  const troubles: Trouble[] = [];
  const files: SettingsReading[] = [];
  for (const path of conf) {
    const read = await readConf(path, budget);
    if (read.ok) files.push(read.value);
    else troubles.push({ file: path, text: read.problem });
  }
  const environments = isPaths(env) ? await readEnvironments(env, { budget, troubles }) : [ofProcess(env)];
  const all = [...files, ...environments.map(({ reading }) => reading)];
  const overridden = new Set(environments.flatMap(({ reading }) => reading.settings.map(({ key }) => key)));
  return {
    settings: [
      ...environments.flatMap(({ reading }) => reading.settings),
      ...files.flatMap(({ settings }) => settings.filter(({ key }) => !overridden.has(key))),
    ],
    environmentNames:
      environments.length === 0
        ? undefined
        : [...new Set(environments.flatMap(({ reading }) => reading.environmentNames))],
    versions: environments.flatMap(({ source, reading: { version } }) =>
      version === undefined ? [] : [{ version, source: `KONG_VERSION in ${source}` }],
    ),
    licenceEnd: all.find((reading) => reading.licenceEnd !== undefined)?.licenceEnd,
    read: all.length,
    troubles,
    notes: all.flatMap(({ notes }) => notes),
  };
}

/** A file of comments is a kong.conf: every key has its default. One with nothing but other lines is not. */
async function readConf(path: string, budget: ByteBudget): Promise<Result<SettingsReading, string>> {
  const read = await readTextFile(path, budget, bounds.smallFileBytes);
  if (!read.ok) return read;
  if (isWebPage(read.value)) return no("is a web page; a kong.conf was expected");
  if (read.value.trim() === "") return no("is empty; a kong.conf was expected");
  const reading = settingsOfConf(path, read.value);
  const isSaid = reading.notes.length > 0 || reading.settings.length > 0;
  const isForeign = isSaid && !reading.settings.some(({ key }) => /^[a-z]/u.test(key));
  return isForeign ? no("holds no line `key = value`; a kong.conf was expected") : ok(reading);
}

function isPaths(env: ConfigurationSources["env"]): env is readonly string[] {
  return Array.isArray(env);
}

interface Environment {
  readonly source: string;
  readonly reading: SettingsReading;
}

function ofProcess(env: Readonly<Record<string, string | undefined>>): Environment {
  const variables = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  return { source: "the environment", reading: settingsOfVariables(undefined, variables) };
}

async function readEnvironments(
  paths: readonly string[],
  { budget, troubles }: { readonly budget: ByteBudget; readonly troubles: Trouble[] },
): Promise<readonly Environment[]> {
  const environments: Environment[] = [];
  for (const path of paths) {
    const read = await readTextFile(path, budget, bounds.smallFileBytes);
    const variables = read.ok ? variablesOfText(read.value) : [];
    if (!read.ok) troubles.push({ file: path, text: read.problem });
    else if (variables.length === 0)
      troubles.push({ file: path, text: "holds no line NAME=value; write it with `env`" });
    else environments.push({ source: path, reading: settingsOfVariables(path, variables) });
  }
  return environments;
}
