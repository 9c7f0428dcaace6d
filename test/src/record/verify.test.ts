import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exportRecord } from "#src/record/export.ts";
import { exportSchema } from "#src/record/export-format.ts";
import type { ChangeRecordFile } from "#src/record/export-format.ts";
import type { Fault } from "#src/record/fault.ts";
import { verifyExport } from "#src/record/verify.ts";
import type { VerifyOptions } from "#src/record/verify.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { recordedEventSchema } from "#src/upgrade/events.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { checkpointAt, completedRecord, rechain, recordWithNotes } from "./sealed.ts";

const key = generateKey();
const id = "KU-2026-0001";
const events = recordWithNotes(id, ["first", "second", "third", "fourth"]);
const last = events.length;
const trusted: VerifyOptions = { trustedKeys: [key.publicKey] };

describe("a record that nobody touched", () => {
  test("is verified with its figures", () => {
    const json = file(events, [3, last]);

    const found = verifyExport(json, { ...trusted, head: events[last - 1]?.hash });

    expect(found).toMatchObject({
      ok: true,
      value: { upgradeId: id, checkpoints: 2, anchoredUpTo: last, keySource: "given", headAt: last, remarks: [] },
    });
  });

  test("is verified to its very end with approvals and all", () => {
    const whole = completedRecord(id);

    expect(verifyExport(file(whole, [whole.length]), trusted)).toMatchObject({ ok: true });
  });

  test("is said to vouch only for itself when no key is given", () => {
    const found = verifyExport(file(events, [last]));

    expect(found).toMatchObject({ ok: true, value: { keySource: "file" } });
    expect(JSON.stringify(found)).toContain("The key came with the record itself");
  });

  test("tells which events no checkpoint covers, and which head was not compared", () => {
    const found = verifyExport(file(events, [3]), trusted);

    expect(JSON.stringify(found)).toContain(`Events 4 to ${last} came after the last signed checkpoint`);
    expect(JSON.stringify(found)).toContain("No head from the Slack thread was compared");
  });

  test("is found by an earlier head, in short form too", () => {
    const head = events[2]?.hash.slice(0, "sha256:".length + 12);

    expect(verifyExport(file(events, [last]), { ...trusted, head })).toMatchObject({ ok: true, value: { headAt: 3 } });
  });

  test("survives being formatted anew", () => {
    const compact = JSON.stringify(JSON.parse(file(events, [last])));

    expect(verifyExport(compact, trusted)).toMatchObject({ ok: true });
  });

  test("is verified after the key was rotated, with old and new key given", () => {
    const successor = generateKey();
    const checkpoints = [checkpointAt(events, 3, key), checkpointAt(events, last, successor)];
    const { json } = exportRecord(events, checkpoints, [key.publicKey, successor.publicKey]);

    expect(verifyExport(json, { trustedKeys: [key.publicKey, successor.publicKey] })).toMatchObject({
      value: { checkpoints: 2 },
    });
    const onlyNew = verifyExport(json, { trustedKeys: [successor.publicKey] });
    expect(onlyNew).toMatchObject({ ok: true, value: { checkpoints: 1 } });
    expect(JSON.stringify(onlyNew)).toContain("1 checkpoint(s) signed by unknown keys were not counted");
  });
});

describe("what a forger without the key does", () => {
  test("editing an event is found at that event", () => {
    const json = tamper((all) =>
      all.map((event) => (event.version === 4 ? { ...event, at: "2026-01-01T00:00:00.000Z" } : event)),
    );
    expect(fault(json)).toMatchObject({ kind: "edited", version: 4 });
  });

  test("adding a field to an event is found, although no schema knows it", () => {
    const text = file(events, [last]).replace('"type": "upgrade_started"', '"type": "upgrade_started", "note": "x"');
    expect(fault(text)).toMatchObject({ kind: "edited", version: startedAt(events) });
  });

  test("dropping an event is found at its place", () => {
    expect(fault(tamper((all) => all.filter((event) => event.version !== 3)))).toMatchObject({
      kind: "dropped",
      version: 3,
    });
  });

  test("exchanging two neighbours is found at the first", () => {
    const json = tamper((all) => [...all.slice(0, 3), ...all.slice(3, 5).toReversed(), ...all.slice(5)]);
    expect(fault(json)).toMatchObject({ kind: "reordered", version: 4 });
  });

  test("doubling an event is found", () => {
    expect(fault(tamper((all) => [...all.slice(0, 3), ...all.slice(2)]))).toMatchObject({
      kind: "reordered",
      version: 4,
    });
  });

  test("putting in an event of another record is found", () => {
    const other = recordWithNotes("KU-2026-0002", ["first", "second"]);
    const json = tamper((all) => all.map((event, index) => (index === 4 ? (other[4] ?? event) : event)));
    expect(fault(json)).toMatchObject({ kind: "swapped", version: 5 });
  });

  test("an event of another course of the same record is found as a fork", () => {
    const other = recordWithNotes(id, ["something else", "second", "third", "fourth"]);
    const json = tamper((all) => all.map((event, index) => (index === last - 1 ? (other[index] ?? event) : event)));
    expect(fault(json)).toMatchObject({ kind: "forked", version: last });
  });

  test("cutting the tail is found by the checkpoint", () => {
    const short = events.slice(0, 4);
    const json = exportRecord(short, [checkpointAt(events, last, key)], [key.publicKey]).json;
    expect(fault(json)).toMatchObject({ kind: "cut", version: 5 });
  });

  test("T18: cutting the tail together with its checkpoint is found by the head in the thread", () => {
    const json = file(events.slice(0, 4), [4]);
    expect(verifyExport(json, { ...trusted, head: events[last - 1]?.hash })).toMatchObject({
      problem: { kind: "wrong_head" },
    });
  });

  test("cutting only the list of events is found by the file's own head", () => {
    const json = tamper((all) => all.slice(0, 5), []);
    expect(verifyExport(json)).toMatchObject({ problem: { kind: "cut", version: 6 } });
  });

  test("T18: rewriting an event with all later hashes is found by the checkpoint and narrowed down", () => {
    const forged = rewrite(6);
    const checkpoints = [checkpointAt(events, 3, key), checkpointAt(events, last, key)];
    const json = exportRecord(forged, checkpoints, [key.publicKey]).json;
    expect(fault(json)).toMatchObject({ kind: "rewritten", version: 4 });
    expect(fault(json).sentence).toContain(`events 4 to ${last}`);
  });

  test("T18: rewriting everything and signing it with a key of one's own convinces nobody who has the key", () => {
    const forger = generateKey();
    const forged = rewrite(6);
    const json = exportRecord(forged, [checkpointAt(forged, last, forger)], [forger.publicKey]).json;
    expect(fault(json)).toMatchObject({ kind: "unanchored" });
  });

  test("taking away all checkpoints convinces nobody who has the key", () => {
    expect(fault(file(rewrite(6), []))).toMatchObject({ kind: "unanchored" });
  });

  test("a checkpoint of another record is found", () => {
    const other = recordWithNotes("KU-2026-0002", []);
    const json = exportRecord(events, [checkpointAt(other, 2, key)], [key.publicKey]).json;
    expect(fault(json)).toMatchObject({ kind: "foreign_checkpoint" });
  });

  test("editing a checkpoint is found by its signature", () => {
    const checkpoint = checkpointAt(events, last, key);
    const edited = { ...checkpoint, note: checkpoint.note.replace(`\n${last}\n`, `\n${last - 1}\n`) };
    expect(fault(exportRecord(events, [edited], [key.publicKey]).json)).toMatchObject({ kind: "bad_signature" });
  });

  test("a course of events that cannot be is found", () => {
    const twice = [...events, ...events.filter(({ event }) => event.type === "upgrade_started")];
    const json = JSON.stringify({ ...parse(file(events, [])), events: rechain(id, twice) });
    expect(verifyExport(json)).toMatchObject({ problem: { kind: "impossible", version: last + 1 } });
  });
});

test.each(["", "null", "[]", "{}", '{"format":"another"}', "not json", `{"a":`.repeat(50)])(
  "what is no change record is refused politely (%#)",
  (text) => {
    expect(verifyExport(text)).toMatchObject({ ok: false, problem: { kind: "unreadable" } });
  },
);

test("an event with text that has no canonical form is unreadable, not a crash", () => {
  const text = file(events, []).replace('"text": "first"', '"text": "\\ud800"');

  expect(verifyExport(text)).toMatchObject({ problem: { kind: "unreadable", version: last - 3 } });
});

test("a head that is too short to mean anything is not taken", () => {
  expect(verifyExport(file(events, [last]), { head: "sha256:" })).toMatchObject({ problem: { kind: "wrong_head" } });
});

test("T18: any single change to any random record is found, at the first event that it touches", () => {
  const texts = fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 6 });
  const other = recordWithNotes("KU-2026-0002", ["a", "b", "c", "d", "e", "f"]);
  const kinds = ["edit", "drop", "exchange", "swap", "cut"] as const;
  fc.assert(
    fc.property(texts, fc.constantFrom(...kinds), fc.nat(), (notes, kind, random) => {
      const all = recordWithNotes(
        id,
        notes.map((text) => text.toWellFormed()),
      );
      const place = kind === "exchange" ? random % (all.length - 1) : random % all.length;
      const changed = change(all, { kind, place, other });
      const json = JSON.stringify({ ...parse(file(all, [all.length])), events: changed });
      const found = fault(json);
      expect(found.version).toBe(place + 1);
      expect(found.kind).toBe(expectedKind(kind, place, all.length));
    }),
    { numRuns: 60 },
  );
});

interface Change {
  readonly kind: "edit" | "drop" | "exchange" | "swap" | "cut";
  readonly place: number;
  readonly other: readonly RecordedEvent[];
}

function change(all: readonly RecordedEvent[], { kind, place, other }: Change): readonly unknown[] {
  const chosen = all[place];
  switch (kind) {
    case "edit":
      return all.with(place, recordedEventSchema.parse({ ...chosen, actor: { kind: "bot", replica: "forger" } }));
    case "drop":
      return all.toSpliced(place, 1);
    case "exchange":
      return [...all.slice(0, place), ...all.slice(place, place + 2).toReversed(), ...all.slice(place + 2)];
    case "swap":
      return all.map((event, index) => (index === place ? (other[place] ?? event) : event));
    case "cut":
      return all.slice(0, place);
  }
}

function expectedKind(kind: Change["kind"], place: number, length: number): Fault["kind"] {
  const names = { edit: "edited", exchange: "reordered", swap: "swapped", cut: "cut" } as const;
  if (kind !== "drop") return names[kind];
  return place === length - 1 ? "cut" : "dropped";
}

function file(all: readonly RecordedEvent[], sizes: readonly number[]): string {
  return exportRecord(
    all,
    sizes.map((size) => checkpointAt(all, size, key)),
    [key.publicKey],
  ).json;
}

function parse(json: string): ChangeRecordFile {
  return exportSchema.parse(JSON.parse(json));
}

function tamper(
  edit: (all: readonly RecordedEvent[]) => readonly RecordedEvent[],
  sizes: readonly number[] = [last],
): string {
  return JSON.stringify({ ...parse(file(events, sizes)), events: edit(events) });
}

/** History with another event in this place and every hash after it computed anew. */
function rewrite(version: number): readonly RecordedEvent[] {
  return rechain(
    id,
    events.with(version - 1, recordedEventSchema.parse({ ...events[version - 1], at: "2026-01-01T00:00:00.000Z" })),
  );
}

function startedAt(all: readonly RecordedEvent[]): number | undefined {
  return all.find(({ event }) => event.type === "upgrade_started")?.version;
}

function fault(json: string): Fault {
  const found = verifyExport(json, trusted);
  if (found.ok) throw new Error("nothing was found");
  return found.problem;
}
