import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KongVersion } from "#practice/kong/versions/version.ts";

const folder = join(import.meta.dirname, "..", "versions", "usage");

/** The recorded usage text of a command, or, where none was recorded, one in the same form. */
export function usageOf(version: KongVersion, command: string): string {
  const file = join(folder, version.version, `${command}.txt`);
  if (existsSync(file)) return readFileSync(file, "utf8");
  return `Usage: kong ${command} [OPTIONS]\n\nOptions:\n${options[command] ?? ""} --v              verbose\n --vv             debug\n`;
}

const confLine = " -c,--conf        (optional string) Configuration file.\n\n";
const prefixLine = " -p,--prefix      (optional string) Override prefix directory.\n\n";
const nginxLine = " --nginx-conf     (optional string) Custom Nginx configuration template.\n\n";

const options: Readonly<Record<string, string>> = {
  config: confLine + prefixLine,
  drain: confLine + prefixLine,
  health: prefixLine,
  prepare: confLine + prefixLine + nginxLine,
  quit: `${prefixLine} -t,--timeout     (default 10) Timeout in seconds before forced shutdown.\n\n -w,--wait        (default 0) Seconds to wait before the shutdown begins.\n\n`,
  reload: confLine + prefixLine + nginxLine,
  restart: confLine + prefixLine + nginxLine,
  stop: prefixLine,
  version: " -a,--all         Print the versions of all components.\n\n",
};
