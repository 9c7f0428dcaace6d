/** A source of choices that is the same for the same seed; good enough for choosing, not for secrets. */
export interface Seeded {
  /** From 0 up to 1, which is never reached. */
  fraction(): number;
  /** A whole number between two, both included. */
  between(least: number, most: number): number;
  /** One of a list that is not empty. */
  pick<const T>(list: readonly [T, ...T[]]): T;
}

/** Choices that depend on nothing but the words of the seed (FNV-1a into mulberry32). */
export function seeded(...words: readonly (string | number)[]): Seeded {
  let state = hashOf(words.join("/"));
  const fraction = (): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
  return { fraction, between, pick: (list) => list[between(0, list.length - 1)] ?? list[0] };
}

function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return hash | 0;
}
