import { databaseLogin } from "#src/discovery/kong-database.ts";
import { limits } from "#src/discovery/limits.ts";
import { measureConfiguration } from "#src/discovery/measure.ts";
import { isUnchangedInServersZone } from "#src/discovery/server-zone.ts";
import { countDifferences, fingerprintDifferences } from "#src/plan/compare-measurements.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { figuresOf, onSide } from "./side.ts";

type Figures = Pick<Measurements, "counts" | "fingerprint">;

/**
 * Compares the fingerprint of every table with the recorded one: a write during the freeze shows here. Without a
 * database the declarative files and the numbers of entities are what there is to compare.
 */
export async function configurationUnchanged(
  { side }: Extract<Probe, { readonly kind: "configuration_unchanged" }>,
  { environment, ports, baseline }: ProbeContext,
): Promise<Answer> {
  const before = figuresOf(baseline, environment, side);
  const isInDatabase = onSide(environment, side).database !== undefined;
  const isRecorded = before.fingerprint !== undefined && (isInDatabase || hasFigures(before));
  if (!isRecorded) return unclear("no fingerprint of the configuration was recorded to compare with");
  const cluster = onSide(environment, side);
  const now = await measureConfiguration(cluster, ports);
  if (!isInDatabase) return compareFiles(before, now);
  const isChanged = fingerprintDifferences(before, now).length > 0;
  const isOnlyZone = isChanged && (await isOnlyServersZone(before, { environment: cluster, ports }));
  return compareTables(isOnlyZone ? now : before, now);
}

/** An earlier version recorded it in the zone of the server. */
async function isOnlyServersZone(
  before: Figures,
  { environment, ports }: Pick<ProbeContext, "environment" | "ports">,
): Promise<boolean> {
  const { name } = databaseOf(environment);
  const login = await databaseLogin(environment, { name, as: "kong" }, ports);
  return isUnchangedInServersZone(before, login, { ports, timeoutMs: limits.sqlTimeoutMs });
}

function hasFigures({ counts = {}, fingerprint = {} }: Figures): boolean {
  return Object.keys(counts).length + Object.keys(fingerprint).length > 0;
}

function compareTables(before: Figures, now: Figures): Answer {
  const changed = fingerprintDifferences(before, now);
  if (changed.length === 0) {
    return good(`the configuration is unchanged (${Object.keys(now.fingerprint ?? {}).length} tables)`);
  }
  return bad(
    `the configuration was changed since it was recorded: ${changed.join(", ")}`,
    changed.map((table) => {
      const [was, is] = [before.counts?.[table], now.counts?.[table]];
      return was === is
        ? `${table}: rows were changed (${is ?? 0} as before)`
        : `${table}: ${was ?? 0} rows before, ${is ?? 0} now`;
    }),
  );
}

function compareFiles(before: Figures, now: Figures): Answer {
  const files = fingerprintDifferences(before, now);
  const kinds = countDifferences(before, now);
  const compared = `${Object.keys(before.fingerprint ?? {}).length} files, ${Object.keys(before.counts ?? {}).length} kinds of entities`;
  return files.length + kinds.length === 0
    ? good(`the configuration is unchanged (${compared})`)
    : bad(`the configuration changed since it was recorded: ${[...files, ...kinds].join(", ")}`, kinds);
}
