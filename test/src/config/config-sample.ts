import { readConfigFile } from "#src/config/read-file.ts";
import type { Complaint } from "#src/config/read-yaml.ts";
import type { Environment } from "#src/plan/environment.ts";

/** The least that has to be written; a test adds lines to the environment. */
export function sampleFile(...lines: readonly string[]): string {
  return `version: 1
environments:
  prod:
    channel: C0PROD
    database: { host: db }
    nodes: [{ name: kong-1, admin: "http://10.0.0.1:8001", proxy: "http://10.0.0.1:8000" }]
    backup_dir: /var/backups/
    policies: { irreversible: { users: [U0CAROL01, U0ERIN001], quorum: 2 } }
${lines.map((line) => `    ${line}\n`).join("")}`;
}

export function complaintsAbout(text: string): readonly Complaint[] {
  const read = readConfigFile(text);
  return read.ok ? [] : read.problem;
}

export function environmentOf(text: string): Environment {
  const read = readConfigFile(text);
  const [environment] = read.ok ? read.value.environments : [];
  if (environment === undefined) throw new Error(JSON.stringify(read));
  return environment;
}
