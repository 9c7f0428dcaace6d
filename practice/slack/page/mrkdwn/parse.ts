import { parseLine } from "./inline.ts";
import type { Inline, TextBlock } from "./syntax.ts";

/**
 * Reads Slack's mrkdwn: fences first, then quotations line by line, then marks inside a line
 * (docs.slack.dev, formatting message text, 2026-09).
 */
export function parseMrkdwn(text: string, verbatim = false): readonly TextBlock[] {
  const blocks: TextBlock[] = [];
  const pieces = text.split(/```([\s\S]+?)```/);
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 1) blocks.push(preformatted(piece));
    else blocks.push(...parseProse(trimBesideFence(piece, index > 0, index < pieces.length - 1), verbatim));
  }
  return blocks;
}

function preformatted(piece: string): TextBlock {
  const lines = piece.replace(/^\n/, "").replace(/\n$/, "").split("\n");
  return {
    kind: "pre",
    children: withBreaks(lines, (line) => parseLine(line, { verbatim: true, entitiesOnly: true })),
  };
}

/** A fence stands on lines of its own, so the line break beside it is not an empty line. */
function trimBesideFence(piece: string, afterFence: boolean, beforeFence: boolean): string {
  const head = afterFence ? piece.replace(/^ *\n/, "") : piece;
  return beforeFence ? head.replace(/\n *$/, "") : head;
}

function parseProse(prose: string, verbatim: boolean): readonly TextBlock[] {
  if (prose === "") return [];
  const groups: { readonly kind: "paragraph" | "quote"; readonly lines: string[] }[] = [];
  let quoteAll = false;
  for (const line of prose.split("\n")) {
    const everything = /^(?:>|&gt;){3} ?/.exec(line);
    const quote = everything ?? /^(?:>|&gt;) ?/.exec(line);
    const content = quoteAll || quote === null ? line : line.slice(quote[0].length);
    const kind = quoteAll || quote !== null ? "quote" : "paragraph";
    quoteAll ||= everything !== null;
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(content);
    else groups.push({ kind, lines: [content] });
  }
  return groups.map(({ kind, lines }) => ({
    kind,
    children: withBreaks(lines, (line) => parseLine(line, { verbatim })),
  }));
}

function withBreaks(lines: readonly string[], read: (line: string) => readonly Inline[]): readonly Inline[] {
  return lines.flatMap((line, index) => (index === 0 ? read(line) : [{ kind: "break" } as const, ...read(line)]));
}
