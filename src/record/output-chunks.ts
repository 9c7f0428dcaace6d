import { z } from "zod";
import { instantSchema } from "#src/kernel/instant.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { execute, select } from "./database.ts";
import type { Database } from "./database.ts";
import { instantSql } from "./instant-sql.ts";
import { storableText } from "./storable.ts";

/** One attempt of one step. */
export interface AttemptRef {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
}

/** A piece of redacted output; `seq` counts from 1 within the attempt. */
export interface OutputChunk {
  readonly seq: number;
  readonly text: string;
}

const storedChunkSchema = z
  .object({ seq: z.number().int(), text: z.string(), recorded_at: instantSchema })
  .transform(({ recorded_at, ...chunk }) => ({ ...chunk, recordedAt: recorded_at }));
export type StoredChunk = z.output<typeof storedChunkSchema>;

/** Stores chunks; one that is sent again (after a lost answer) is stored once. */
export async function appendOutput(
  database: Database,
  { upgradeId, stepId, attempt }: AttemptRef,
  chunks: readonly OutputChunk[],
): Promise<void> {
  if (chunks.length === 0) return;
  await execute(
    database,
    `insert into kong_upgrade.output_chunk (upgrade_id, step_id, attempt, seq, text)
     select $1, $2, $3, seq, text from unnest($4::integer[], $5::text[]) as chunk (seq, text)
     on conflict do nothing`,
    [upgradeId, stepId, attempt, chunks.map(({ seq }) => seq), chunks.map(({ text }) => storableText(text))],
  );
}

/** As much of a chunk's end as can hold the lines that people look at. */
const tailLength = 4_000;

/** The last lines that are stored of an attempt, the newest last. */
export async function readOutputTail(
  database: Database,
  { upgradeId, stepId, attempt }: AttemptRef,
  lines: number,
): Promise<readonly string[]> {
  const chunks = await select(
    database,
    z.object({ text: z.string() }),
    `select right(text, ${tailLength}) as text from kong_upgrade.output_chunk
     where upgrade_id = $1 and step_id = $2 and attempt = $3 order by seq desc limit 2`,
    [upgradeId, stepId, attempt],
  );
  const text = chunks
    .map((chunk) => chunk.text)
    .toReversed()
    .join("");
  return lines === 0 || text === "" ? [] : text.replace(/\n$/u, "").split("\n").slice(-lines);
}

/** The chunks after `afterSeq` (0 for all), in order, at most `limit`. */
export function readOutput(
  database: Database,
  { upgradeId, stepId, attempt }: AttemptRef,
  page: { readonly afterSeq: number; readonly limit: number },
): Promise<readonly StoredChunk[]> {
  return select(
    database,
    storedChunkSchema,
    `select seq, text, ${instantSql("recorded_at")} as recorded_at from kong_upgrade.output_chunk
     where upgrade_id = $1 and step_id = $2 and attempt = $3 and seq > $4 order by seq limit $5`,
    [upgradeId, stepId, attempt, page.afterSeq, page.limit],
  );
}
