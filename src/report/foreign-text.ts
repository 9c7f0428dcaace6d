/**
 * Characters that change how text is shown without being seen: control, zero-width and bidirectional ones. Line feeds
 * are handled by whoever shows the text.
 */
const invisible = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
/** What means something anywhere in a line. */
const markup = /[\\`*_[\]|<>~&$@]/gu;
/** What begins a heading, a list, a rule or a quotation at the start of a line. */
const opening = /^(?:[-+=#:]|\d+(?=[.)]))/u;
/** What many viewers turn into a link by themselves. */
const bareLink = /(?<=\b[a-z]+)(?=:\/\/)|(?<=\bwww)(?=\.)/giu;
const entities = new Map([
  ["<", "&lt;"],
  [">", "&gt;"],
  ["&", "&amp;"],
]);

/** Foreign text as one line of Markdown that means nothing but itself: no markup, no HTML, no links, no tables. */
export function escapeText(text: string): string {
  return visible(text.replaceAll(/\s+/gu, " ").trim())
    .replaceAll(markup, (character) => entities.get(character) ?? `\\${character}`)
    .replaceAll(bareLink, "\\")
    .replace(opening, (start) => (/^\d/u.test(start) ? `${start}\\` : `\\${start}`));
}

/** Foreign text as inline code; the fence is longer than any run of back-ticks inside. */
export function inlineCode(text: string): string {
  // A pipe ends a table cell even inside code.
  const shown = visible(text.replaceAll(/[\r\n]+/gu, " ⏎ ")).replaceAll("|", "\\|");
  const fence = "`".repeat(longestRun(shown) + 1);
  // Padding keeps back-ticks at the ends apart, and an empty text visible; it is not shown.
  const isPlain = /^[^`\s](?:.*[^`\s])?$/u.test(shown);
  return isPlain ? `${fence}${shown}${fence}` : `${fence} ${shown} ${fence}`;
}

/** Foreign lines as a code block that they cannot leave. */
export function codeBlock(lines: readonly string[]): string {
  const shown = lines.flatMap((line) => line.split(/\r?\n/u)).map(visible);
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return [`${fence}text`, ...shown, fence].join("\n");
}

function visible(text: string): string {
  return text.replaceAll("\t", "    ").replaceAll(invisible, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
}
