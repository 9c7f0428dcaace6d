import { databaseOf } from "#src/plan/environment.ts";
import { databaseLogin } from "#src/discovery/kong-database.ts";
import { fingerprintTables } from "#src/discovery/table-measures.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";

/** Compares the fingerprint of every table with the recorded one: a write during the freeze shows here. */
export async function configurationUnchanged({ environment, ports, baseline }: ProbeContext): Promise<Answer> {
  const before = baseline.fingerprint;
  if (before === undefined) return unclear("no fingerprint of the configuration was recorded to compare with");
  const login = await databaseLogin(environment, { name: databaseOf(environment).name, as: "kong" }, ports);
  const now = await fingerprintTables(login, ports);
  const tables = [...new Set([...Object.keys(before), ...Object.keys(now.fingerprint)])].toSorted();
  const changed = tables.filter((table) => before[table] !== now.fingerprint[table]);
  if (changed.length === 0) return good(`the configuration is unchanged (${tables.length} tables)`);
  return bad(
    `somebody wrote configuration since it was recorded: ${changed.join(", ")}`,
    changed.map((table) => {
      const [was, is] = [baseline.counts?.[table], now.counts[table]];
      return was === is
        ? `${table}: rows were changed (${is ?? 0} as before)`
        : `${table}: ${was ?? 0} rows before, ${is ?? 0} now`;
    }),
  );
}
