/** Spaces, marks without a letter, and everything that is drawn as nothing (U+2800 is an empty Braille cell). */
const unseen = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{C}\p{M}\u2800]/gu;

/** How many signs of a text a reader sees: a reason of zero-width characters is none. */
export function visibleSigns(text: string): number {
  return Array.from(text.replaceAll(unseen, "")).length;
}

/** Whether a text says nothing to whoever reads it. */
export function isBlank(text: string): boolean {
  return visibleSigns(text) === 0;
}
