import type { AuditEntry } from "#src/discovery/audit-log.ts";
import type { EntityDigest } from "#src/discovery/entity-digests.ts";
import { isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { DriftChange } from "#src/upgrade/drift.ts";

/** A changed table with what is known of its rows. */
export interface ChangedTable {
  readonly table: string;
  /** Rows as they were when the fingerprint was recorded; undefined where this runner did not see them. */
  readonly before: ReadonlyMap<string, Pick<EntityDigest, "digest" | "name">> | undefined;
  /** Rows now; undefined where there are too many. */
  readonly now: readonly EntityDigest[] | undefined;
}

/**
 * Which entities of a changed table were written. Where nobody kept what was there before, the rows that say themselves
 * that they were written since are named, and the table as a whole where none does.
 */
export function changesOf({ table, before, now }: ChangedTable, since: Instant): readonly DriftChange[] {
  const whole: readonly DriftChange[] = [{ table, what: "changed" }];
  if (now === undefined) return whole;
  if (before === undefined) {
    const written = now.filter(({ writtenAt }) => writtenAt !== undefined && isAfter(writtenAt, since));
    return written.length === 0 ? whole : written.map((entity) => changeOf(table, "changed", entity));
  }
  const keys = new Set(now.map(({ key }) => key));
  const changed = [
    ...now.flatMap((entity) => {
      const was = before.get(entity.key);
      if (was?.digest === entity.digest) return [];
      return [changeOf(table, was === undefined ? "created" : "updated", entity)];
    }),
    ...[...before].flatMap(([key, was]) => (keys.has(key) ? [] : [changeOf(table, "deleted", { key, ...was })])),
  ];
  return changed.length === 0 ? whole : changed;
}

function changeOf(
  table: string,
  what: DriftChange["what"],
  { key, name, writtenAt }: Pick<EntityDigest, "key" | "name" | "writtenAt">,
): DriftChange {
  return {
    table,
    what,
    key,
    ...(name === undefined ? {} : { name }),
    ...(writtenAt === undefined ? {} : { at: writtenAt }),
  };
}

/** Puts who did it beside each change: the newest write whose address names the entity, or made one of its kind. */
export function withAudit(changes: readonly DriftChange[], entries: readonly AuditEntry[]): readonly DriftChange[] {
  return changes.map((change) => {
    const entry = entries.find((candidate) => isAbout(candidate, change));
    if (entry === undefined) return change;
    return { ...change, at: change.at ?? entry.at, by: `${entry.by}: ${entry.method} ${entry.path.slice(0, 200)}` };
  });
}

function isAbout({ method, path }: AuditEntry, { table, what, key, name }: DriftChange): boolean {
  const parts = path.split("/").map(decoded);
  const isNamed = (key !== undefined && parts.includes(key)) || (name !== undefined && parts.includes(name));
  if (isNamed) return true;
  // A new entity has no id in the address that it was made with.
  return what === "created" && method === "POST" && parts.at(-1) === table;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not encoded by the rules: compared as it is.
    return part;
  }
}
