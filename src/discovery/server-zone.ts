import { z } from "zod";
import { fingerprintDifferences } from "#src/plan/compare-measurements.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import { inServersZone } from "./entity-digests.ts";
import type { DatabaseLogin, DiscoveryPorts } from "./ports.ts";
import { fingerprintTables } from "./table-measures.ts";

const zoneSchema = z.tuple([z.object({ zone: z.string() })]);
const isUtc = /^(?:Etc\/)?(?:UTC|UCT|Zulu|Universal|GMT)$/iu;

/**
 * Whether the tables are what was recorded, had the record been made in the zone of the server: earlier versions did that,
 * and an upgrade that is inside its freeze when runner and bot are updated has such a record. Digest for digest the same
 * means that nobody wrote; anything else, also that nobody could look, means nothing. Never rejects.
 */
export async function isUnchangedInServersZone(
  recorded: Pick<Measurements, "fingerprint">,
  login: DatabaseLogin,
  { ports, timeoutMs }: { readonly ports: DiscoveryPorts; readonly timeoutMs: number },
): Promise<boolean> {
  try {
    const [rows] = await ports.querySql({ login, statements: [inServersZone], timeoutMs });
    const [{ zone }] = zoneSchema.parse(rows);
    if (isUtc.test(zone)) return false;
    const now = await fingerprintTables(login, ports, { timeoutMs, withEntities: false, zone: "server" });
    return fingerprintDifferences(recorded, now).length === 0;
  } catch {
    // What was seen in UTC stands.
    return false;
  }
}
