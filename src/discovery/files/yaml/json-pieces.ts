import { bounds } from "#src/discovery/files/bounds.ts";
import { tooManyKeys } from "./pieces.ts";
import type { Piece, Span, Split } from "./pieces.ts";

interface Scan {
  readonly text: string;
  readonly end: number;
  position: number;
  readonly pieces: Piece[];
}

const codes = {
  quote: 0x22,
  backslash: 0x5c,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

/**
 * Splits a JSON object at its top-level keys, and lists below them at their items. Undefined where the text is not JSON
 * (flow YAML, comments, text after the end): then only the whole document can be parsed.
 */
export function jsonPiecesOf(text: string, { start, end }: Span): Split | undefined {
  const scan: Scan = { text, end, position: start, pieces: [] };
  skipBlank(scan);
  if (codeAt(scan) !== codes.openObject) return undefined;
  scan.position += 1;
  let keys = 0;
  for (;;) {
    skipBlank(scan);
    if (codeAt(scan) === codes.comma) {
      scan.position += 1;
      continue;
    }
    if (codeAt(scan) === codes.closeObject) break;
    keys += 1;
    if (keys > bounds.outerKeys) return { pieces: scan.pieces, cut: { offset: scan.position, text: tooManyKeys } };
    const outcome = scanEntry(scan);
    if (outcome === "not_json") return undefined;
    if (outcome === "cut") return { pieces: scan.pieces, cut: { offset: end, text: truncated } };
  }
  scan.position += 1;
  skipBlank(scan);
  return scan.position < end ? undefined : { pieces: scan.pieces };
}

const truncated = "the text ends in the middle of a JSON object; is the file truncated?";

type Outcome = "complete" | "cut" | "not_json";

function scanEntry(scan: Scan): Outcome {
  const keyStart = scan.position;
  const keyOutcome = skipString(scan);
  if (keyOutcome !== "complete") return keyOutcome;
  const key = scan.text.slice(keyStart + 1, scan.position - 1);
  skipBlank(scan);
  if (scan.position >= scan.end) return "cut";
  if (codeAt(scan) !== codes.colon || key.includes("\\")) return "not_json";
  scan.position += 1;
  skipBlank(scan);
  if (codeAt(scan) === codes.openList) return scanItems(scan, key, keyStart);
  const outcome = skipValue(scan);
  if (outcome !== "not_json") scan.pieces.push({ kind: "entry", key, keyStart, start: keyStart, end: scan.position });
  return outcome;
}

/** Items are put together until a piece is large enough to be worth a parse. */
function scanItems(scan: Scan, key: string, keyStart: number): Outcome {
  scan.position += 1;
  let start = scan.position;
  const add = (end: number): void => {
    scan.pieces.push({ kind: "items", key, keyStart, start, end });
  };
  let lastEnd = start;
  for (;;) {
    skipBlank(scan);
    const code = codeAt(scan);
    if (code === codes.closeList) {
      add(scan.position);
      scan.position += 1;
      return "complete";
    }
    if (code === codes.comma) {
      scan.position += 1;
      if (scan.position - start < bounds.pieceCharacters) continue;
      add(scan.position);
      start = scan.position;
      lastEnd = start;
      continue;
    }
    const outcome = skipValue(scan);
    if (outcome === "not_json") return outcome;
    // The item that the text ends in is left out; those before it count.
    if (outcome === "cut") {
      add(lastEnd);
      return outcome;
    }
    lastEnd = scan.position;
  }
}

function skipValue(scan: Scan): Outcome {
  const code = codeAt(scan);
  if (code === codes.quote) return skipString(scan);
  if (code === codes.openObject || code === codes.openList) return skipNested(scan);
  const start = scan.position;
  while (scan.position < scan.end && isWordCharacter(codeAt(scan))) scan.position += 1;
  if (scan.position >= scan.end) return "cut";
  return scan.position === start ? "not_json" : "complete";
}

function skipNested(scan: Scan): Outcome {
  let depth = 0;
  while (scan.position < scan.end) {
    const code = codeAt(scan);
    if (code === codes.quote) {
      if (skipString(scan) === "cut") return "cut";
      continue;
    }
    scan.position += 1;
    if (code === codes.openObject || code === codes.openList) depth += 1;
    else if (code === codes.closeObject || code === codes.closeList) {
      depth -= 1;
      if (depth === 0) return "complete";
    } else if (!isBetween(code)) return "not_json";
  }
  return "cut";
}

function skipString(scan: Scan): Outcome {
  if (scan.position >= scan.end) return "cut";
  if (codeAt(scan) !== codes.quote) return "not_json";
  scan.position += 1;
  while (scan.position < scan.end) {
    const code = codeAt(scan);
    scan.position += code === codes.backslash ? 2 : 1;
    if (code === codes.quote) return "complete";
  }
  return "cut";
}

function skipBlank(scan: Scan): void {
  while (scan.position < scan.end && isBlank(codeAt(scan))) scan.position += 1;
}

function codeAt({ text, position }: Scan): number {
  return text.charCodeAt(position);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isBetween(code: number): boolean {
  return isBlank(code) || code === codes.comma || code === codes.colon || isWordCharacter(code);
}

/** Of numbers and the words true, false, null. */
function isWordCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x45
  );
}
