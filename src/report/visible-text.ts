/** Characters that move a terminal's cursor, hide, or reverse what is read: control, zero-width and bidirectional ones. */
const invisible = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Foreign text in which nothing is invisible: a route's name must not be able to rewrite the report. */
export function visibleText(text: string): string {
  return text.replaceAll(invisible, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
