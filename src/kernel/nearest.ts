import { closest, distance } from "fastest-levenshtein";

/** The word that was probably meant; undefined when nothing is near enough. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = typed.toLowerCase();
  const found = closest(lower, known);
  return distance(lower, found.toLowerCase()) <= Math.max(2, Math.floor(found.length / 3)) ? found : undefined;
}
