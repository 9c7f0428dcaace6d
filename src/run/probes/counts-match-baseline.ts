import { databaseLogin } from "#src/discovery/kong-database.ts";
import { countRows } from "#src/discovery/table-measures.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { onSide } from "./side.ts";

/**
 * Compares the rows of every measured table with the baseline; tables that a newer version added do not count. The
 * second cluster's database is a copy of the old one, so it is compared with the old one's baseline too.
 */
export async function countsMatchBaseline(
  { database, except = [] }: Extract<Probe, { readonly kind: "counts_match_baseline" }>,
  { environment, ports, baseline }: ProbeContext,
): Promise<Answer> {
  const before = Object.entries(baseline.counts ?? {}).filter(([table]) => !except.includes(table));
  if (before.length === 0) return unclear("no baseline was measured to compare the entities with");
  const now = await countRows(await databaseLogin(onSide(environment, database.side), database, ports), ports);
  const differences = before.flatMap(([table, count]) => {
    const found = now[table];
    return found === count ? [] : [`${table}: ${count} before, ${found ?? "no such table"} now`];
  });
  const rows = before.reduce((sum, [, count]) => sum + count, 0);
  return differences.length === 0
    ? good(`${database.name} holds the ${rows} rows of the baseline in ${before.length} tables`)
    : bad(
        `${database.name} differs from the baseline in ${differences.length} of ${before.length} tables`,
        differences,
      );
}
