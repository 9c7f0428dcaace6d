import type { Measurements } from "./measurements.ts";

/**
 * Tables whose rows differ in number from the baseline, as sentences; empty where all agree. Tables in `except` and
 * tables that the baseline does not know are left out; a table that is gone counts as a difference.
 */
export function countDifferences(
  baseline: Measurements,
  current: Measurements,
  except: readonly string[] = [],
): readonly string[] {
  return Object.entries(baseline.counts ?? {}).flatMap(([table, before]) => {
    const now = current.counts?.[table];
    if (except.includes(table) || now === before) return [];
    return [`${table}: ${before} before, ${now ?? "no such table"} now`];
  });
}

/** Tables whose content differs from the last fingerprint; empty where nobody wrote. */
export function fingerprintDifferences(last: Measurements, current: Measurements): readonly string[] {
  const tables = new Set([...Object.keys(last.fingerprint ?? {}), ...Object.keys(current.fingerprint ?? {})]);
  return [...tables].filter((table) => last.fingerprint?.[table] !== current.fingerprint?.[table]).toSorted();
}
