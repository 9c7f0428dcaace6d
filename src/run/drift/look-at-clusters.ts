import { frozenReferences } from "#src/upgrade/frozen-reference.ts";
import type { Drift } from "#src/upgrade/drift.ts";
import type { Active } from "#src/upgrade/state.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { permittedPorts } from "#src/run/permitted-ports.ts";
import { onSide } from "#src/run/probes/side.ts";
import { secretsOf } from "#src/run/secrets-of.ts";
import type { Turn } from "#src/run/workplace.ts";
import { lookForDrift } from "./look-for-drift.ts";

/** What a look at everything that is frozen saw; where it could not be made, why, without anything secret. */
export type SeenOfAll =
  /** Nothing is frozen, or nothing can be compared at this moment. */
  | { readonly kind: "nothing_to_compare" }
  | { readonly kind: "unchanged" }
  | { readonly kind: "drift"; readonly drift: Drift }
  | { readonly kind: "unseen"; readonly reason: string };

/** Looks whether somebody wrote to a cluster of this upgrade while its configuration is frozen. */
export async function lookAtClusters({ upgrade, environment, workplace }: Turn<Active>): Promise<SeenOfAll> {
  const references = frozenReferences(upgrade);
  if (references.length === 0) return { kind: "nothing_to_compare" };
  const { resolveSecret, snapshots, log } = workplace;
  const redactor = createRedactor(await secretsOf(environment, undefined, resolveSecret));
  const ports = permittedPorts(workplace, environment);
  const seen = await Promise.all(
    references.map(async (reference): Promise<SeenOfAll> => {
      const cluster = onSide(environment, reference.side);
      const one = await lookForDrift({ environment: cluster, reference, ports, snapshots, redactor, log });
      if (one.kind !== "unseen" || reference.side === undefined) return one;
      return { kind: "unseen", reason: `second cluster: ${one.reason}` };
    }),
  );
  // A write that was seen is told first: it may be undone, and what could not be looked at is looked at then.
  return (
    seen.find(({ kind }) => kind === "drift") ?? seen.find(({ kind }) => kind === "unseen") ?? { kind: "unchanged" }
  );
}
