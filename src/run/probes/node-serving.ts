import { readNode } from "#src/discovery/admin-api.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { nodeOf } from "./node-of.ts";
import { isSameVersion } from "./same-version.ts";

/** Asks the Admin API: `kong start` and `kong health` succeed on nodes that answer 500 to everything. */
export async function nodeServing(
  { node: name, version }: Extract<Probe, { readonly kind: "node_serving" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(environment, name);
  const read = await readNode(node, ports).then(
    (admin) => ({ admin }),
    (error: unknown) => ({ problem: describe(error) }),
  );
  // Nobody answers, or answers with an error: whatever the reason, the node does not serve.
  if ("problem" in read) return bad(`${name} does not serve: ${read.problem}`);
  const { admin } = read;
  if (!isSameVersion(admin.version, version)) return bad(`${name} serves ${admin.version}, expected ${version}`);
  return admin.databaseReachable
    ? good(`${name} serves ${admin.version}, database reachable`)
    : bad(`${name} serves ${admin.version}, but cannot reach its database`);
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? errorMessage(error.cause) : "";
  return cause === "" ? errorMessage(error) : `${errorMessage(error)}: ${cause}`;
}
