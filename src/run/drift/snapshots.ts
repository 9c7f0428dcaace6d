import { mkdir, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { EntityDigest } from "#src/discovery/entity-digests.ts";
import { digestOf, digestOfText } from "#src/kernel/digest.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Side } from "#src/upgrade/frozen-reference.ts";

/** Rows of every table as they were when a fingerprint was recorded: keys, digests and names. */
type Entities = ReadonlyMap<string, ReadonlyMap<string, Pick<EntityDigest, "digest" | "name">>>;
type Fingerprint = NonNullable<Measurements["fingerprint"]>;

/** Which configuration is meant. */
interface Place {
  readonly environment: string;
  readonly side: Side;
  readonly fingerprint: Fingerprint;
}

/**
 * What the configuration was made of, on this runner's own disk: a record keeps one digest per table, which says that
 * something was written, but not what. Only the newest of each cluster is kept, and only this account may read it.
 */
export interface Snapshots {
  has(place: Place): Promise<boolean>;
  /** Undefined where this runner did not see the configuration with that fingerprint. */
  read(place: Place): Promise<Entities | undefined>;
  /** JSON per table, `[[key, digest, name or null], …]`; a larger configuration than can be read again is not kept. */
  write(place: Place, entities: ReadonlyMap<string, string>): Promise<void>;
}

/** All rows of all tables together; a larger configuration is told by its tables. */
const maxBytes = 100_000_000;

const fileSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string(), z.string().nullable()])));

/** Opens the folder; it is made with the first snapshot. */
export function openSnapshots(folder: string): Snapshots {
  return {
    has: async (place) => (await sizeOf(join(folder, fileOf(place)))) !== undefined,
    read: (place) => readEntities(join(folder, fileOf(place))),
    write: async (place, entities) => {
      const characters = [...entities.values()].reduce((sum, json) => sum + json.length, 0);
      if (characters > maxBytes) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = fileOf(place);
      await replaceFile(join(folder, name), inPieces(entities));
      const own = prefixOf(place);
      const others = (await readdir(folder)).filter((file) => file.startsWith(own) && file !== name);
      await Promise.all(others.map((file) => rm(join(folder, file), { force: true })));
    },
  };
}

function prefixOf({ environment, side }: Place): string {
  // No name of an environment holds a space.
  const cluster = side === undefined ? environment : `${environment} ${side}`;
  return `${shortName(digestOfText(cluster))}-`;
}

function fileOf(place: Place): string {
  return `${prefixOf(place)}${shortName(digestOf(place.fingerprint))}.json`;
}

function shortName(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + 32);
}

/** One JSON object, table by table: it is never in memory a second time. */
function* inPieces(entities: ReadonlyMap<string, string>): Generator<string> {
  let before = "{";
  for (const [table, json] of entities) {
    yield `${before}${JSON.stringify(table)}:`;
    yield json;
    before = ",";
  }
  yield before === "{" ? "{}" : "}";
}

async function readEntities(file: string): Promise<Entities | undefined> {
  const size = await sizeOf(file);
  if (size === undefined || size > maxBytes) return undefined;
  const parsed = fileSchema.safeParse(parseJson(await readFile(file, "utf8")));
  if (!parsed.success) return undefined;
  return new Map(
    Object.entries(parsed.data).map(([table, rows]) => [
      table,
      new Map(rows.map(([key, digest, name]) => [key, { digest, ...(name === null ? {} : { name }) }])),
    ]),
  );
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** A crash leaves either nothing or the whole. */
async function replaceFile(file: string, pieces: Iterable<string>): Promise<void> {
  const draft = `${file}.draft`;
  const handle = await open(draft, "w", 0o600);
  try {
    for (const piece of pieces) await handle.appendFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Damaged: as good as none.
    return undefined;
  }
}
