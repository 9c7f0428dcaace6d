import { openAdmin } from "#src/discovery/admin-client.ts";
import { readWorkers } from "#src/discovery/workers.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { nodeOf } from "./node-of.ts";

/** Compares the workers that run with those that were noted: old ones go on until their last request has ended. */
export async function workersReplaced(
  { node: name }: Extract<Probe, { readonly kind: "workers_replaced" }>,
  { environment, ports, baseline }: ProbeContext,
): Promise<Answer> {
  const before = baseline.workers?.[name];
  if (before === undefined) return unclear(`nobody noted the workers of ${name} before`);
  const now = await readWorkers(nodeOf(environment, name), openAdmin(environment, ports));
  const left = before.filter((pid) => now.includes(pid));
  const details = [`before: ${before.join(", ")}`, `now: ${now.join(", ")}`];
  if (left.length === 0) return good(`the workers of ${name} are new`, details);
  if (now.every((pid) => before.includes(pid))) {
    return bad(`${name} still runs the workers of before: look into its error log`, details);
  }
  return bad(`${left.length} of ${before.length} workers of before still runs on ${name}`, details);
}
