import { openAdmin } from "#src/discovery/admin-client.ts";
import { countEntities } from "#src/discovery/count-entities.ts";
import { limits } from "#src/discovery/limits.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { nodeOf } from "./node-of.ts";

/** Counts on both sides, in every workspace of each. */
export async function sameEntities(
  { left, right }: Extract<Probe, { readonly kind: "same_entities" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const admin = openAdmin(environment, ports);
  const nodes = [nodeOf(environment, left), nodeOf(environment, right)] as const;
  const [one, other] = await Promise.all([
    countEntities(environment, nodes[0], admin),
    countEntities(environment, nodes[1], admin),
  ]);
  const names = [...new Set([...Object.keys(one.counts), ...Object.keys(other.counts)])].toSorted();
  const different = names.filter((name) => one.counts[name] !== other.counts[name]);
  const describe = (name: string): string =>
    `${name}: ${one.counts[name] ?? "no such list"} on ${left}, ${other.counts[name] ?? "no such list"} on ${right}`;
  if (different.length > 0) {
    return bad(`${left} and ${right} hold different entities: ${different.join(", ")}`, different.map(describe));
  }
  const cut = [...new Set([...one.cut, ...other.cut])];
  if (cut.length > 0) {
    return unclear(
      `${left} and ${right} hold more than ${limits.countedEntities} ${cut.join(", ")}, too many to count here`,
    );
  }
  const sum = Object.values(one.counts).reduce((total, count) => total + count, 0);
  return good(`${left} and ${right} hold the same number of entities (${sum})`, names.map(describe));
}
