import { formatVerifier } from "#src/signing/signed-note.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { StoredCheckpoint } from "./checkpoint-rows.ts";
import { doesNotProve, exportFormat } from "./export-format.ts";
import type { ChangeRecordFile } from "./export-format.ts";
import { renderChangeRecord } from "./markdown/change-record.ts";
import { originOf } from "./origin.ts";

/** The change record as two files: one to verify, one to read. */
export interface ExportedRecord {
  readonly json: string;
  readonly markdown: string;
}

/** Exports all events of one upgrade. @throws Error when there are none. */
export function exportRecord(
  events: readonly RecordedEvent[],
  checkpoints: readonly StoredCheckpoint[],
  keys: readonly PublicKey[],
): ExportedRecord {
  const head = events.at(-1);
  if (head === undefined) throw new Error("a change record has at least one event");
  const { upgradeId } = head;
  const origin = originOf(upgradeId);
  const notes = checkpoints.map(({ note }) => note);
  const file: ChangeRecordFile = {
    format: exportFormat,
    upgradeId,
    origin,
    verifierKeys: keys.map((publicKey) => formatVerifier({ name: origin, publicKey })),
    head: { version: head.version, hash: head.hash },
    events,
    checkpoints: notes,
    doesNotProve,
  };
  return { json: `${JSON.stringify(file, undefined, 2)}\n`, markdown: renderChangeRecord(events, notes) };
}
