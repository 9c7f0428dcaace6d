import type { Subject } from "./subject.ts";
import { fails } from "./verdict.ts";
import type { Place, Verdict } from "./verdict.ts";

/** One object is hit at one place. */
export function hitAt(subject: Subject, place: Place): Verdict {
  return { kind: "holds", hits: [{ subject, places: [place] }] };
}

/** One object is hit at each of the places, or not at all where there is none. */
export function hitsAt(subject: Subject, places: readonly Place[]): Verdict {
  if (places.length === 0) return fails;
  return { kind: "holds", hits: places.map((place) => ({ subject, places: [place] })) };
}
