import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { checkpointOf, parseCheckpoint } from "#src/signing/checkpoint.ts";
import type { Checkpoint } from "#src/signing/checkpoint.ts";
import { openNote } from "#src/signing/signed-note.ts";
import type { NoteVerifier } from "#src/signing/signed-note.ts";
import { faultAt } from "./fault.ts";
import type { Fault } from "./fault.ts";

/** What the signed checkpoints say about a chain. */
export interface Anchoring {
  /** Checkpoints with a valid signature of a known key that fit the events. */
  readonly verified: number;
  /** Checkpoints of this log that only unknown keys signed: they prove nothing. */
  readonly ignored: number;
  /** So many events, from the first on, are covered by a verified checkpoint. */
  readonly anchoredUpTo: number;
}

/** Compares signed checkpoints with the events of a log, smallest first, so that a difference is narrowed down. */
export function verifyCheckpoints(
  log: { readonly origin: string; readonly leaves: readonly Uint8Array[] },
  notes: readonly string[],
  verifiers: readonly NoteVerifier[],
): Result<Anchoring, Fault> {
  const signed: Checkpoint[] = [];
  let ignored = 0;
  for (const [index, note] of notes.entries()) {
    const opened = open(log.origin, note, verifiers, index + 1);
    if (!opened.ok) return opened;
    if (opened.value === undefined) ignored += 1;
    else signed.push(opened.value);
  }
  let anchoredUpTo = 0;
  for (const checkpoint of signed.toSorted((left, right) => left.size - right.size)) {
    const fault = compare(checkpoint, log.leaves, anchoredUpTo);
    if (fault !== undefined) return no(fault);
    anchoredUpTo = checkpoint.size;
  }
  return ok({ verified: signed.length, ignored, anchoredUpTo });
}

function open(
  origin: string,
  note: string,
  verifiers: readonly NoteVerifier[],
  place: number,
): Result<Checkpoint | undefined, Fault> {
  const claimed = parseCheckpoint(note.slice(0, note.lastIndexOf("\n\n") + 1));
  if (claimed === undefined) return no({ kind: "unreadable", sentence: `checkpoint ${place} is no signed checkpoint` });
  if (claimed.origin !== origin) {
    return no({
      kind: "foreign_checkpoint",
      sentence: `checkpoint ${place} is one of ${claimed.origin}, not of ${origin}`,
    });
  }
  const opened = openNote(note, verifiers);
  switch (opened.kind) {
    case "signed":
      return ok(claimed);
    case "unknown_signer":
      return ok(undefined);
    case "bad_signature":
      return no({
        kind: "bad_signature",
        sentence: `the signature of ${opened.name} under checkpoint ${place} (${claimed.size} events) is not valid: the checkpoint was edited`,
      });
    case "malformed":
      return no({ kind: "unreadable", sentence: `checkpoint ${place} is not in the form of a signed note` });
  }
}

function compare({ origin, size, root }: Checkpoint, leaves: readonly Uint8Array[], good: number): Fault | undefined {
  if (size > leaves.length) {
    const sentence = `the tail was cut off: a signed checkpoint covers ${size} events, there are ${leaves.length}`;
    return faultAt(leaves.length + 1, "cut", sentence);
  }
  if (checkpointOf(origin, leaves.slice(0, size)).root === root) return undefined;
  const where = good + 1 === size ? `event ${size} was` : `at least one of the events ${good + 1} to ${size} was`;
  return faultAt(
    good + 1,
    "rewritten",
    `${where} rewritten, with new hashes: the signed checkpoint over ${size} events says otherwise`,
  );
}
