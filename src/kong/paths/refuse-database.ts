import { nameOfEdition, releaseLine } from "#src/kong/releases.ts";
import { formatVersion, minorOf } from "#src/kong/version.ts";
import { isTooOld, parsePostgres } from "./postgres.ts";
import type { ReadQuestion, RefusalReason } from "./question.ts";

/** Refuses a wanted version that cannot work with the database that is there; nodes without one have no such rule. */
export function refuseDatabase({ from, to, edition, asked }: ReadQuestion): RefusalReason | undefined {
  const line = releaseLine(minorOf(to), edition);
  if (line === undefined || asked.topology === "dbless") return undefined;
  if (asked.database === "cassandra" && line.cassandra === "removed") {
    return {
      code: "cassandra_removed",
      reason: `Kong ${formatVersion(to)} does not start with Cassandra, which 3.4 removed`,
      rule: `move to PostgreSQL on ${formatVersion(from)} first, then ask for ${formatVersion(to)} again`,
      source: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide; Kong/kong CHANGELOG 3.4.0",
    };
  }
  if (!isTooOld(asked, line)) return undefined;
  const running = parsePostgres(asked.postgresVersion) ?? [];
  return {
    code: "postgres_too_old",
    reason: `PostgreSQL ${running.join(".")} is older than ${line.minPostgres}, the oldest that Kong ${nameOfEdition(edition)} ${minorOf(to)} ${line.testedPostgres.length > 0 ? "is tested with" : "starts with"}`,
    rule: "upgrade PostgreSQL first, on the running Kong version or on a stop that works with both",
    source: line.source,
  };
}
