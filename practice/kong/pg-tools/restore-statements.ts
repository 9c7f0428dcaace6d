import type { ArchiveEntry, ArchiveHeader, DataLine } from "./archive-entry.ts";

/** What of an archive is restored, and how. */
export interface RestoreChoice {
  readonly keepsOwner: boolean;
  readonly cleans: boolean;
  readonly ifExists: boolean;
  /** Only these schemas; all when empty. */
  readonly schemas: readonly string[];
  readonly withSchema: boolean;
  readonly withData: boolean;
}

/** One statement of a restore and the entry it belongs to. */
export interface RestoreStatement {
  readonly entry: ArchiveEntry;
  readonly sql: string;
}

/** The statements of a restore in order: drops backwards when cleaning, then schema, data, and what stands on the data. */
export async function* restoreStatements(
  header: ArchiveHeader,
  data: AsyncIterable<DataLine>,
  choice: RestoreChoice,
): AsyncGenerator<RestoreStatement> {
  const entries = header.entries.filter(
    (entry) =>
      (choice.schemas.length === 0 || choice.schemas.includes(entry.schema)) &&
      (entry.section === "data" ? choice.withData : choice.withSchema),
  );
  const guard = choice.ifExists ? "IF EXISTS " : "";
  if (choice.cleans) {
    for (const entry of entries.toReversed()) {
      if (entry.drop !== "") yield { entry, sql: entry.drop.replaceAll("{if exists}", guard) };
    }
  }
  yield* creations(entries, "pre-data", choice);
  const wanted = new Map(entries.filter((entry) => entry.kind === "TABLE DATA").map((entry) => [entry.id, entry]));
  if (wanted.size > 0) {
    for await (const { entry: id, sql } of data) {
      const entry = wanted.get(id);
      if (entry !== undefined) yield { entry, sql };
    }
  }
  yield* creations(entries, "data", choice);
  yield* creations(entries, "post-data", choice);
}

function* creations(
  entries: readonly ArchiveEntry[],
  section: ArchiveEntry["section"],
  choice: RestoreChoice,
): Generator<RestoreStatement> {
  for (const entry of entries) {
    if (entry.section !== section || entry.create === "") continue;
    yield { entry, sql: entry.create };
    if (choice.keepsOwner && entry.own !== "") yield { entry, sql: entry.own };
  }
}
