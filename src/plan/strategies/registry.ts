import type { Strategy } from "#src/plan/strategy.ts";
import { blueGreen } from "./blue-green.ts";
import { cassandraCopy } from "./cassandra-copy.ts";
import { controlPlaneFirst } from "./control-plane-first.ts";
import { dualCluster } from "./dual-cluster.ts";
import { freshDataStore } from "./fresh-data-store.ts";
import { helmSplit } from "./helm-split.ts";
import { helm } from "./helm.ts";
import { inPlace } from "./in-place.ts";
import { ossToEnterprise } from "./oss-to-enterprise.ts";
import { rolling } from "./rolling.ts";

/** Every way to upgrade that can be planned, in the order in which help lists them. */
export const strategies: readonly Strategy[] = [
  inPlace,
  dualCluster,
  blueGreen,
  rolling,
  controlPlaneFirst,
  helm,
  helmSplit,
  ossToEnterprise,
  cassandraCopy,
  freshDataStore,
];

/** The strategy of that name; undefined where this program has none. */
export function findStrategy(name: string): Strategy | undefined {
  return strategies.find((strategy) => strategy.name === name);
}
