import { readNode } from "#src/discovery/admin-api.ts";
import { openAdmin } from "#src/discovery/admin-client.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { nodeOf } from "./node-of.ts";
import { isSameVersion } from "./same-version.ts";

/** Asks the Admin API: `kong start` and `kong health` succeed on nodes that answer 500 to everything. */
export function nodeServing(
  { node, version }: Extract<Probe, { readonly kind: "node_serving" }>,
  context: ProbeContext,
): Promise<Answer> {
  return servesOneOf(node, [version], context);
}

/** The same question where several versions are right, as in the middle of a rolling upgrade. */
export async function servesOneOf(
  name: string,
  versions: readonly string[],
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(environment, name);
  const read = await readNode(node, openAdmin(environment, ports)).then(
    ({ admin }) => ({ admin }),
    (error: unknown) => ({ problem: errorMessage(error) }),
  );
  // Nobody answers, or answers with an error: whatever the reason, the node does not serve.
  if ("problem" in read) return bad(`${name} does not serve: ${read.problem}`);
  const { admin } = read;
  if (!versions.some((version) => isSameVersion(admin.version, version)))
    return bad(`${name} serves ${admin.version}, expected ${versions.join(" or ")}`);
  return admin.databaseReachable
    ? good(`${name} serves ${admin.version}, database reachable`)
    : bad(`${name} serves ${admin.version}, but cannot reach its database`);
}
