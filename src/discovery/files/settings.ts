import { readKongConf } from "#src/kong/kong-conf.ts";
import type { Setting } from "#src/kong/inventory.ts";
import { redactSetting } from "#src/discovery/redact.ts";
import { licenceEnd } from "./licence.ts";
import type { Trouble } from "./trouble.ts";

/** What kong.conf files or an environment told. */
export interface SettingsReading {
  readonly settings: readonly Setting[];
  /** Names in the environment besides settings of Kong, e.g. AWS_REGION. */
  readonly environmentNames: readonly string[];
  /** The version that Kong's image writes into the environment. */
  readonly version: string | undefined;
  /** ISO day, of a licence in the environment. */
  readonly licenceEnd: string | undefined;
  readonly notes: readonly Trouble[];
}

/** The settings of a kong.conf without secrets. */
export function settingsOfConf(file: string, text: string): SettingsReading {
  const { settings, remarks } = readKongConf(text, file);
  return {
    settings: settings.map((setting) => withoutSecret(setting)),
    environmentNames: [],
    version: undefined,
    licenceEnd: undefined,
    notes: remarks.map(({ line, text: remark }) => ({ file, line, text: remark })),
  };
}

function withoutSecret(setting: Setting): Setting {
  return { ...setting, value: redactSetting(setting.key, setting.value) };
}

/** A variable with where it was set. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  /** Where the variables come from several files. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

const assignment = /^\s*(?:export\s+|declare\s+-x\s+|-\s+)?([A-Za-z_]\w*)=(.*)$/u;

/** Lines `NAME=value`, as `env`, Docker, systemd and shells write them; everything else in the file is passed over. */
export function variablesOfText(text: string): readonly Variable[] {
  return text.split("\n").flatMap((raw, index) => {
    const [, name, value] = assignment.exec(raw.replace(/\r$/u, "")) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{ name, value: withoutQuotes(value.trim()), line: index + 1 }];
  });
}

function withoutQuotes(value: string): string {
  const quote = value[0];
  const isQuoted = value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote);
  return isQuoted ? value.slice(1, -1) : value;
}

/** Variables that Kubernetes makes for services named kong-…; Kong reads none of them. */
const serviceLink = /_(?:SERVICE_(?:HOST|PORT\w*)|PORT(?:_\d+_(?:TCP|UDP)\w*)?)$/u;

/** Set by Kong's images and installers, or read by scripts only: no settings. */
const notSettings = new Set(["KONG_VERSION", "KONG_PASSWORD", "KONG_SHA256", "KONG_AMD64_SHA", "KONG_ARM64_SHA"]);

/** Names outside of KONG_ whose presence changes what Kong does; all others are not ours to keep. */
const otherNames = /^(?:AWS|GCP|GOOGLE|AZURE|VAULT)_[A-Z0-9_]+$|^(?:HTTPS?|NO)_PROXY$/u;

/** What the environment of a node sets: each variable once, the last one counts. */
export function settingsOfVariables(
  from: string | undefined,
  variables: readonly Variable[],
  origin: "environment" | "helm" = "environment",
): SettingsReading {
  const last = new Map(variables.map((variable) => [variable.name, variable]));
  const settings: Setting[] = [];
  const environmentNames: string[] = [];
  for (const { name, value, line, file = from } of last.values()) {
    if (name.startsWith("KONG_") && !notSettings.has(name) && !serviceLink.test(name)) {
      const key = name.slice("KONG_".length).toLowerCase();
      if (key !== "" && value !== "")
        settings.push({ key, value: redactSetting(key, value), origin, ...placeOf(file, line) });
    } else if (otherNames.test(name)) environmentNames.push(name);
  }
  const version = last.get("KONG_VERSION")?.value;
  const licence = last.get("KONG_LICENSE_DATA")?.value ?? "";
  return { settings, environmentNames, version, licenceEnd: licenceEnd(licence), notes: [] };
}

function placeOf(file: string | undefined, line: number | undefined): Pick<Setting, "place"> {
  return file === undefined ? {} : { place: { file, ...(line === undefined ? {} : { line }) } };
}

/** What stands for a value that a secret or config map holds. */
export const fromElsewhere = "[from a secret or config map]";
