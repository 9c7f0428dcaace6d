import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import type { Output } from "#practice/kong/cli/output.ts";
import type { KongVersion } from "#practice/kong/versions/version.ts";

/** Variables of the caller, passed down from the entry point. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The effective configuration of one node: kong.conf keys to values, all of them text. */
export interface Configuration {
  readonly values: ReadonlyMap<string, string>;
  /** Absolute, without a trailing slash. */
  readonly prefix: string;
  readonly kongEnv: string;
  readonly pidFile: string;
}

/** Where Kong looks for a configuration file when none is named. */
export const defaultConfFiles = ["/etc/kong/kong.conf", "/etc/kong.conf"] as const;

const logLevels = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"] as const;
const databases = ["postgres", "cassandra", "off"] as const;

/**
 * Puts a configuration together: defaults < file < KONG_* < command line (kong/conf_loader, all versions).
 * Unknown KONG_* variables are ignored, numbers are not checked.
 * @throws KongFailure with Kong's text for a missing file or a value that is not allowed.
 */
export function loadConfiguration(
  version: KongVersion,
  sources: { readonly file: string | undefined; readonly prefix: string | undefined; readonly env: Environment },
  output?: Output,
): Configuration {
  output?.verbose(`Kong: ${version.version}`);
  const values = new Map<string, string>(Object.entries(version.defaults));
  const file = sources.file ?? findDefaultFile(output);
  if (file !== undefined) {
    if (!existsSync(file)) throw new KongFailure(`no file at: ${file}`);
    output?.verbose(`reading config file at ${file}`);
    for (const [key, value] of parseConfFile(readFileSync(file, "utf8"))) values.set(key, value);
  }
  for (const [name, value] of Object.entries(sources.env)) {
    if (value === undefined || !name.startsWith("KONG_")) continue;
    const key = name.slice("KONG_".length).toLowerCase();
    if (key in version.defaults || values.has(key)) values.set(key, value);
  }
  if (sources.prefix !== undefined) values.set("prefix", sources.prefix);
  checkValues(values, version);

  const prefix = resolve(values.get("prefix") ?? "/usr/local/kong").replace(/(?<=.)\/+$/, "");
  values.set("prefix", prefix);
  output?.verbose(`prefix in use: ${prefix}`);
  return { values, prefix, kongEnv: join(prefix, ".kong_env"), pidFile: join(prefix, "pids", "nginx.pid") };
}

/** The value of a key; an unset key is an error in this program, not in the configuration. */
export function valueOf(configuration: Configuration, key: string): string {
  const value = configuration.values.get(key);
  if (value === undefined) throw new Error(`configuration key ${key} has no default in this version`);
  return value;
}

/** Reads `key = value` lines with `#` comments, as in kong.conf and .kong_env. */
export function parseConfFile(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^\s*([A-Za-z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    values.set(match[1], withoutComment(match[2]));
  }
  return values;
}

/** A `#` starts a comment unless it is escaped as `\#`, which stands for itself (kong.conf.default, "pg_password"). */
function withoutComment(value: string): string {
  return value
    .replace(/(?<!\\)#.*$/s, "")
    .replaceAll("\\#", "#")
    .trim();
}

function findDefaultFile(output: Output | undefined): string | undefined {
  for (const path of defaultConfFiles) {
    if (existsSync(path)) return path;
    output?.verbose(`no config file found at ${path}`);
  }
  output?.verbose("no config file, skip loading");
  return undefined;
}

function checkValues(values: ReadonlyMap<string, string>, version: KongVersion): void {
  const database = values.get("database") ?? "";
  requireOneOf("database", database, databases);
  requireOneOf("log_level", values.get("log_level") ?? "", logLevels);
  if (database === "cassandra" && version.cassandra === "gone") {
    throw new KongFailure(
      "Cassandra as a datastore for Kong is not supported in versions 3.4 and above. Please use Postgres.",
    );
  }
  if (values.get("role") === "data_plane" && database !== "off") {
    throw new KongFailure(
      'only in-memory storage can be used when role = "data_plane"\nHint: set database = off in your kong.conf',
    );
  }
}

function requireOneOf(key: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new KongFailure(`${key} has an invalid value: '${value}' (${allowed.join(", ")})`);
}
