import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Output } from "#practice/kong/cli/output.ts";
import type { Configuration } from "./configuration.ts";

/** Creates the prefix directory when it is missing, with the line that Kong prints about it on stdout. */
export function makePrefix(prefix: string, output: Output): void {
  if (existsSync(prefix)) return;
  output.info(`prefix directory ${prefix} not found, trying to create it`);
  mkdirSync(prefix, { recursive: true });
}

/** Writes what `kong start`, `restart`, `reload` and `prepare` leave in the prefix: folders, nginx.conf and .kong_env. */
export function writePrefix(configuration: Configuration): void {
  const { prefix } = configuration;
  for (const folder of ["logs", "pids", "ssl"]) mkdirSync(join(prefix, folder), { recursive: true });
  for (const log of ["access.log", "admin_access.log", "error.log"]) {
    writeFileSync(join(prefix, "logs", log), "", { flag: "a" });
  }
  writeFileSync(join(prefix, "nginx.conf"), nginxConf);
  writeFileSync(configuration.kongEnv, formatKongEnv(configuration), { mode: 0o640 });
}

/** The effective configuration as `stop`, `health`, `quit`, `reload` and the gateway read it back. */
function formatKongEnv(configuration: Configuration): string {
  const values = new Map(configuration.values);
  values.set("kong_env", configuration.kongEnv);
  values.set("nginx_pid", configuration.pidFile);
  values.set("nginx_err_logs", join(configuration.prefix, "logs", "error.log"));
  values.set("nginx_acc_logs", join(configuration.prefix, "logs", "access.log"));
  const lines = [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key} = ${escaped(value)}`);
  return `${header}\n${lines.join("\n")}\n`;
}

function escaped(value: string): string {
  return value.replaceAll("#", "\\#");
}

const header = "# Written by the simulated kong command; the effective configuration of this node.";
const nginxConf = "# Simulated: a real Kong writes its nginx configuration here.\n";
