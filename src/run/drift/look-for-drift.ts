import { setTimeout as delay } from "node:timers/promises";
import { readAuditLog } from "#src/discovery/audit-log.ts";
import type { AuditEntry } from "#src/discovery/audit-log.ts";
import { readEntityDigests } from "#src/discovery/entity-digests.ts";
import { databaseLogin } from "#src/discovery/kong-database.ts";
import { fingerprintFiles, measureWithoutDatabase } from "#src/discovery/measure-without-database.ts";
import type { DatabaseLogin, DiscoveryPorts } from "#src/discovery/ports.ts";
import { isUnchangedInServersZone } from "#src/discovery/server-zone.ts";
import { fingerprintTables } from "#src/discovery/table-measures.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { countDifferences, fingerprintDifferences } from "#src/plan/compare-measurements.ts";
import type { Environment } from "#src/plan/environment.ts";
import { maxDriftChanges } from "#src/upgrade/drift.ts";
import type { Drift, DriftChange } from "#src/upgrade/drift.ts";
import type { FrozenReference } from "#src/upgrade/frozen-reference.ts";
import type { Redactor } from "#src/run/output/redact.ts";
import type { Logger } from "#src/run/ports.ts";
import { changesOf, withAudit } from "./compare-entities.ts";
import type { Snapshots } from "./snapshots.ts";

/** A look must not hold up a night: the probes of the steps look once more, with more patience. */
const longestLookMs = 15_000;
/** For the look in the server's zone; beside the first, and short enough to leave time for telling what was written. */
const longestOtherLookMs = 4_000;

export interface DriftLook {
  /** As the cluster sees it that is looked at. */
  readonly environment: Environment;
  readonly reference: FrozenReference;
  readonly ports: DiscoveryPorts;
  readonly snapshots: Snapshots;
  readonly redactor: Redactor;
  readonly log: Logger;
}

/** What a look saw; where it could not be made, why, without anything secret. */
export type Seen =
  | { readonly kind: "unchanged" }
  | { readonly kind: "drift"; readonly drift: Drift }
  | { readonly kind: "unseen"; readonly reason: string };

/** Compares the configuration with what it was when it was recorded, and says what was written since. */
export async function lookForDrift(look: DriftLook): Promise<Seen> {
  const giveUp = new AbortController();
  const late = delay(longestLookMs, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error(`the configuration could not be read within ${longestLookMs / 1_000} s`);
  });
  late.catch(() => undefined);
  try {
    const drift = await Promise.race([compare(look), late]);
    return drift === undefined ? { kind: "unchanged" } : { kind: "drift", drift };
  } catch (error) {
    warn(look, error, "nobody could look whether configuration was written");
    return { kind: "unseen", reason: look.redactor.redactText(errorMessage(error)).slice(0, 500) };
  } finally {
    giveUp.abort();
  }
}

function warn({ environment, log, redactor }: DriftLook, error: unknown, what: string): void {
  log.warn({ environment: environment.name, problem: redactor.redactText(errorMessage(error)) }, what);
}

async function compare(look: DriftLook): Promise<Drift | undefined> {
  const { environment, reference, ports } = look;
  const { database } = environment;
  const login = database && (await databaseLogin(environment, { name: database.name, as: "kong" }, ports));
  const place = placeOf(look);
  const isKept = login === undefined || (await isSnapshotKept(look, place));
  const now =
    login === undefined
      ? await measureElsewhere(look)
      : await fingerprintTables(login, ports, { timeoutMs: longestLookMs, withEntities: !isKept });
  const { fingerprint } = now;
  const changed = [...fingerprintDifferences(reference.figures, now), ...numbersChanged(look, now)];
  const other = { ports, timeoutMs: longestOtherLookMs };
  const isOnlyZone =
    changed.length > 0 && login !== undefined && (await isUnchangedInServersZone(reference.figures, login, other));
  if (isOnlyZone) return undefined;
  if (changed.length === 0) {
    if (!isKept && "entities" in now) await remember(look, place, now.entities);
    return undefined;
  }
  const found = login === undefined ? inFiles(changed) : await inDatabase(look, { changed, fingerprint }, login);
  const counts = "counts" in now ? now.counts : await countsWithoutDatabase(look);
  return {
    ...(reference.side === undefined ? {} : { side: reference.side }),
    changes: found.changes.slice(0, maxDriftChanges),
    total: found.changes.length,
    unchangedAt: reference.recordedAt,
    audit: found.audit,
    ...(counts === undefined ? {} : { counts }),
    fingerprint,
  };
}

function placeOf({ environment, reference }: DriftLook): Parameters<Snapshots["has"]>[0] {
  const { side, figures } = reference;
  return { environment: environment.name, side, fingerprint: figures.fingerprint ?? {} };
}

/**
 * Declarative files alone: the nodes of an installation without a database may be down at this moment, that is what an
 * upgrade does. A cluster on Cassandra has no files, and what its nodes tell is all that there is.
 */
async function measureElsewhere({ environment, ports }: DriftLook): Promise<Pick<Drift, "counts" | "fingerprint">> {
  if (environment.cassandra === undefined) return { fingerprint: await fingerprintFiles(environment, ports) };
  const { counts, fingerprint = {} } = await measureWithoutDatabase(environment, ports);
  return { fingerprint, ...(counts === undefined ? {} : { counts }) };
}

/** Numbers tell what was made and deleted where there is nothing else to compare. */
function numbersChanged({ environment, reference }: DriftLook, now: Pick<Drift, "counts">): readonly string[] {
  const isByNumbers = environment.database === undefined && environment.cassandra !== undefined;
  return isByNumbers ? countDifferences(reference.figures, now) : [];
}

/** Told where a node answers. */
async function countsWithoutDatabase({ environment, ports }: DriftLook): Promise<Drift["counts"]> {
  return measureWithoutDatabase(environment, ports).then(
    ({ counts }) => counts,
    () => undefined,
  );
}

type Found = Pick<Drift, "audit"> & { readonly changes: readonly DriftChange[] };

/** Who writes a file is not told by Kong. */
function inFiles(files: readonly string[]): Found {
  return { changes: files.map((table) => ({ table, what: "changed" })), audit: "absent" };
}

/** A disk that cannot be read must not keep a write from being found. */
async function isSnapshotKept(look: DriftLook, place: Parameters<Snapshots["has"]>[0]): Promise<boolean> {
  return look.snapshots.has(place).catch((error: unknown) => {
    warn(look, error, "what was kept of the configuration cannot be read");
    return true;
  });
}

/** Keeps what the tables hold while they are as recorded, so that a later look can name what was written. */
async function remember(
  look: DriftLook,
  place: Parameters<Snapshots["write"]>[0],
  entities: Parameters<Snapshots["write"]>[1],
): Promise<void> {
  await look.snapshots.write(place, entities).catch((error: unknown) => {
    // Without it a write is still found, by its table.
    warn(look, error, "what the configuration is made of could not be kept");
  });
}

interface Changed {
  readonly changed: readonly string[];
  /** Of now: a table that is gone has no row to be read. */
  readonly fingerprint: Drift["fingerprint"];
}

async function inDatabase(look: DriftLook, { changed, fingerprint }: Changed, login: DatabaseLogin): Promise<Found> {
  const { reference, ports, snapshots, redactor } = look;
  const before = await snapshots.read(placeOf(look)).catch((error: unknown) => {
    warn(look, error, "what was kept of the configuration cannot be read");
    return undefined;
  });
  const there = changed.filter((table) => Object.hasOwn(fingerprint, table));
  const now = await readEntityDigests(login, there, { ports, timeoutMs: longestLookMs });
  const all = changed.flatMap((table) =>
    changesOf({ table, before: before?.get(table), now: now.get(table) }, reference.recordedAt),
  );
  // Kong copies the tags of every entity into a table of its own.
  const own = all.filter(({ table }) => table !== "tags");
  const changes = own.length === 0 ? all : own;
  const entries = await auditSince(look, login);
  const told = Array.isArray(entries) ? withAudit(changes, entries) : changes;
  return { audit: Array.isArray(entries) ? "read" : entries, changes: told.map((one) => clean(one, redactor)) };
}

async function auditSince(look: DriftLook, login: DatabaseLogin): Promise<AuditEntry[] | "absent" | "unreadable"> {
  const { reference, ports } = look;
  try {
    const entries = await readAuditLog(login, reference.recordedAt, { ports, timeoutMs: longestLookMs });
    return entries === undefined ? "absent" : [...entries];
  } catch (error) {
    warn(look, error, "the audit log cannot be read");
    return "unreadable";
  }
}

/** Names and addresses are what people wrote. */
function clean({ key, name, by, ...rest }: DriftChange, redactor: Redactor): DriftChange {
  const shown = (text: string): string => redactor.redactText(text).slice(0, 300);
  return {
    ...rest,
    ...(key === undefined ? {} : { key: shown(key) }),
    ...(name === undefined ? {} : { name: shown(name) }),
    ...(by === undefined ? {} : { by: shown(by) }),
  };
}
