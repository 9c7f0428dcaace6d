import type { Input } from "#src/kong/inventory.ts";
import type { Subject } from "./subject.ts";

/** A field, or a line of a text, that a condition hits. */
export interface Place {
  /** e.g. `paths[0]`; absent where the object or the line as a whole is hit. */
  readonly field?: string;
  /** As it was read; undefined for a field that is not set. */
  readonly value?: unknown;
  /** From 1, in the subject's text, or in `file`. */
  readonly line?: number;
  /** Where the subject comes from several files. */
  readonly file?: string;
  /** What makes it one, where the value alone does not tell. */
  readonly note?: string;
}

/** One object that a condition hits, and where in it. */
export interface Hit {
  readonly subject: Subject;
  readonly places: readonly Place[];
}

/** What came out of a condition. `open`: nobody can say yet; the inputs would decide, or the people who are asked. */
export type Verdict =
  | { readonly kind: "holds"; readonly hits: readonly Hit[] }
  | { readonly kind: "fails" }
  | {
      readonly kind: "open";
      readonly inputs: readonly Input[];
      readonly questions: readonly string[];
      /** What is known to be hit already, for the person who is asked. */
      readonly hits: readonly Hit[];
    };

export const fails: Verdict = { kind: "fails" };
/** Holds without anything to point at. */
export const holds: Verdict = { kind: "holds", hits: [] };

export function openBecause(inputs: readonly Input[]): Verdict {
  return { kind: "open", inputs, questions: [], hits: [] };
}

/** Holds when one holds, with what all of them hit; open when one is open and none holds. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.every((verdict) => verdict === fails)) return fails;
  const held = verdicts.filter((verdict) => verdict.kind === "holds");
  if (held.length > 0) return { kind: "holds", hits: distinct(held.flatMap(({ hits }) => hits)) };
  const open = verdicts.filter((verdict) => verdict.kind === "open");
  if (open.length === 0) return fails;
  return {
    kind: "open",
    inputs: [...new Set(open.flatMap(({ inputs }) => inputs))],
    questions: [...new Set(open.flatMap(({ questions }) => questions))],
    hits: distinct(open.flatMap(({ hits }) => hits)),
  };
}

/**
 * Fails when one fails; open when one is open. While an input is missing nobody is asked: what a person would be asked
 * about may not be there.
 */
export function allOf(
  verdicts: readonly Verdict[],
  joinHits: (parts: readonly (readonly Hit[])[]) => readonly Hit[],
): Verdict {
  if (verdicts.some((verdict) => verdict.kind === "fails")) return fails;
  const parts = verdicts.filter((verdict) => verdict.kind !== "fails");
  const hits = joinHits(parts.map((part) => part.hits));
  const open = parts.filter((part) => part.kind === "open");
  if (open.length === 0) return { kind: "holds", hits };
  const inputs = [...new Set(open.flatMap((part) => part.inputs))];
  const questions = inputs.length > 0 ? [] : [...new Set(open.flatMap((part) => part.questions))];
  return { kind: "open", inputs, questions, hits };
}

export function not(verdict: Verdict): Verdict {
  if (verdict.kind === "holds") return fails;
  return verdict.kind === "fails" ? holds : { ...verdict, hits: [] };
}

/** Everything that is hit, the rarest first, so that one line of kong.conf is not lost behind a thousand plugins. */
export function listAll(parts: readonly (readonly Hit[])[]): readonly Hit[] {
  return distinct(parts.toSorted((left, right) => left.length - right.length).flat());
}

/** For conditions on one object: each place of the part with the most, together with the first place of the others. */
export function joinPlaces(parts: readonly (readonly Hit[])[]): readonly Hit[] {
  const [most = [], ...others] = parts.toSorted((left, right) => right.length - left.length);
  const added = others.flatMap((hits) => hits[0]?.places ?? []);
  return most.map(({ subject, places }) => ({ subject, places: distinctPlaces([...places, ...added]) }));
}

function distinctPlaces(places: readonly Place[]): readonly Place[] {
  const keys = new Set<string>();
  return places.filter((place) => {
    const key = placeKey(place);
    if (keys.has(key)) return false;
    keys.add(key);
    return true;
  });
}

function distinct(hits: readonly Hit[]): readonly Hit[] {
  if (hits.length < 2) return hits;
  const seen = new Map<Subject, Set<string>>();
  return hits.filter(({ subject, places }) => {
    const keys = seen.get(subject) ?? new Set();
    seen.set(subject, keys);
    const key = places.map(placeKey).join("\n");
    if (keys.has(key)) return false;
    keys.add(key);
    return true;
  });
}

function placeKey({ field, line }: Place): string {
  return `${field ?? ""}:${line ?? ""}`;
}
