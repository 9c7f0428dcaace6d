import { canonicalJson } from "#src/kernel/digest.ts";
import type { Environment } from "#src/plan/environment.ts";

/**
 * Whether a part decides where something runs, which programs do it, what they are given and in which order; waiting
 * times, texts and people may differ. A new part of the environment does not compile until somebody has decided.
 */
const isDecisive = {
  name: true,
  edition: true,
  topology: true,
  database: true,
  nodes: true,
  green: true,
  kubernetes: true,
  packages: true,
  service: true,
  adminApi: true,
  deck: true,
  declarative: true,
  rolling: true,
  traffic: true,
  licence: true,
  cassandra: true,
  backupDir: true,
  keyring: true,
  tools: true,
  hooks: true,
  // May name a program.
  metrics: true,
  // Whether an upgrade may start, and what a copy is made from.
  preproduction: true,
  copyOf: true,
  copySource: true,
  // Where its steps run.
  runner: true,
  // Only the runner's own are read.
  sources: false,
  description: false,
  channel: false,
  smokeTests: false,
  soak: false,
  timeouts: false,
  policies: false,
  operators: false,
  // Each side holds a start against its own.
  calendar: false,
} as const satisfies Readonly<Record<keyof Environment, boolean>>;

type Part = keyof typeof isDecisive;

const parts: readonly Part[] = Object.keys(isDecisive).filter((name): name is Part => name in isDecisive);

/** The parts in which two descriptions of one environment mean different hosts, nodes or programs. */
export function compareInstallations(own: Environment, other: Environment): readonly string[] {
  return parts.filter((part) => isDecisive[part] && textOf(own, part) !== textOf(other, part));
}

/** JSON has no "absent", and most parts are only there in some topologies. */
function textOf(environment: Environment, part: Part): string {
  return canonicalJson(environment[part] ?? null);
}
