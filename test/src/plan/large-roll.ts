import type { Environment } from "#src/plan/environment.ts";
import { dblessEnvironment, dblessFacts } from "./hybrid-sample.ts";
import type { Wanted } from "./hybrid-sample.ts";
import type { Wish } from "./planned.ts";

const hook = (name: string): NonNullable<Environment["hooks"]["drain"]> => ({
  argv: [`/usr/local/bin/${name}`, "{node}", "{version}"],
  timeoutMs: 60_000,
});

/** Nodes without a database in groups of one size, ten at a time, with a hook for everything that a batch needs. */
export function largeRoll(nodes: number, groups = 1, changes: Partial<Environment> = {}): Wish {
  const wanted = Array.from({ length: nodes }, (_, index): Wanted => ({
    name: `gw-${String(index + 1).padStart(4, "0")}`,
    role: "dbless",
    group: `zone-${1 + Math.floor((index * groups) / nodes)}`,
  }));
  const environment = dblessEnvironment(
    {
      hooks: { install: hook("install"), drain: hook("drain"), admit: hook("admit"), decommission: hook("remove") },
      rolling: { batchSize: 10, maxUnavailable: 15, pauseMs: 30_000 },
      ...changes,
    },
    wanted,
  );
  return { environment, facts: dblessFacts(environment, "3.4.2"), to: "3.5.0", strategy: "rolling" };
}
