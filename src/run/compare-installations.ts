import { canonicalJson } from "#src/kernel/digest.ts";
import type { Environment } from "#src/plan/environment.ts";

/** What decides where something runs and which programs; waiting times, texts and people may differ. */
const decisive = [
  "name",
  "edition",
  "topology",
  "database",
  "nodes",
  "backupDir",
  "keyring",
  "tools",
  "hooks",
] as const satisfies readonly (keyof Environment)[];

/** The parts in which two descriptions of one environment mean different hosts, nodes or programs. */
export function compareInstallations(own: Environment, other: Environment): readonly string[] {
  return decisive.filter((part) => canonicalJson(own[part]) !== canonicalJson(other[part]));
}
