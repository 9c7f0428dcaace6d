import type { Flags } from "#practice/kong/cli/arguments.ts";
import { valueOf } from "#practice/kong/configuration/configuration.ts";
import type { Configuration } from "#practice/kong/configuration/configuration.ts";

/** Limit for one statement in ms: --db-timeout (60 s by default up to 3.6), else pg_timeout (from 3.7.0, transcript 12). */
export function databaseTimeoutMs(configuration: Configuration, flags: Flags): number {
  if (flags.dbTimeoutSeconds !== undefined) return flags.dbTimeoutSeconds * 1000;
  return Number(valueOf(configuration, "pg_timeout"));
}
