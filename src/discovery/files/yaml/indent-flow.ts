/**
 * Kong (libyaml) and decK (Go's yaml) take closing brackets and later lines of a quoted text at any indentation; YAML 1.2
 * and the parser here want them deeper than their key. Such lines are given spaces: the meaning and the number of lines
 * stay. Returns the same text where there are none.
 */
export function indentFlow(text: string): string {
  const scan: Scan = { text, position: 0, lineStart: 0, pieces: [], copied: 0 };
  while (scan.position < text.length) readBlockLine(scan);
  if (scan.pieces.length === 0) return text;
  return [...scan.pieces, text.slice(scan.copied)].join("");
}

interface Scan {
  readonly text: string;
  position: number;
  lineStart: number;
  readonly pieces: string[];
  /** How far the text is in `pieces`. */
  copied: number;
}

const comment = /#[^\n]*/uy;
/** An anchor, tag or alias in front of a value. */
const property = /[&!*][^\s,[\]{}]*/uy;
const dash = /[-?][ \t]+/uy;
const blockScalar = /[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\r?$/muy;
const blank = /[ \t]+/uy;
/** Up to what may begin a value, a comment or the end of the line. */
const plain = /[^\s:#]+/uy;

/** Reads one line outside of flow collections, and all lines of a value that begins in it and goes on. */
function readBlockLine(scan: Scan): void {
  const { text } = scan;
  scan.lineStart = scan.position;
  skip(scan, blank);
  while (skip(scan, dash));
  const contentColumn = scan.position - scan.lineStart;
  let atValue = true;
  while (scan.position < text.length) {
    const character = text[scan.position] ?? "";
    if (character === "\n") {
      scan.position += 1;
      return;
    }
    if (atValue && (character === '"' || character === "'")) skipQuoted(scan, scan.position - scan.lineStart);
    else if (atValue && (character === "[" || character === "{")) skipFlow(scan, scan.position - scan.lineStart);
    else if (atValue && skip(scan, blockScalar)) {
      skipBlockScalar(scan, contentColumn);
      return;
    } else if (atValue && skip(scan, property)) {
      skip(scan, blank);
      continue;
    }
    atValue = skipPlain(scan);
  }
}

/** Whether a value may follow. */
function skipPlain(scan: Scan): boolean {
  const { text } = scan;
  if (skip(scan, blank) && text[scan.position] === "#") {
    skip(scan, comment);
    return false;
  }
  if (text[scan.position] === ":" && /[\s]|^$/u.test(text[scan.position + 1] ?? "")) {
    scan.position += 1;
    skip(scan, blank);
    return true;
  }
  if (!skip(scan, plain) && text[scan.position] !== "\n") scan.position += 1;
  return false;
}

/** Lines of a block scalar are deeper than what it belongs to; they hold anything, brackets too. */
function skipBlockScalar(scan: Scan, parentColumn: number): void {
  const { text } = scan;
  let position = text.indexOf("\n", scan.position) + 1;
  while (position > 0 && position < text.length) {
    let column = 0;
    while (text[position + column] === " ") column += 1;
    const first = text[position + column];
    if (column <= parentColumn && first !== "\n" && first !== "\r") break;
    const next = text.indexOf("\n", position);
    position = next === -1 ? text.length : next + 1;
  }
  scan.position = position === 0 ? text.length : position;
}

function skipQuoted(scan: Scan, column: number): void {
  const { text } = scan;
  const quote = text[scan.position];
  scan.position += 1;
  while (scan.position < text.length) {
    const character = text[scan.position];
    if (character === "\n") nextLine(scan, column);
    else if (character === "\\" && quote === '"') scan.position += text[scan.position + 1] === "\n" ? 1 : 2;
    else {
      scan.position += 1;
      if (character !== quote) continue;
      if (quote === "'" && text[scan.position] === "'") scan.position += 1;
      else return;
    }
  }
}

function skipFlow(scan: Scan, column: number): void {
  const { text } = scan;
  let depth = 0;
  let before = "[";
  while (scan.position < text.length) {
    const character = text[scan.position] ?? "";
    if (character === "\n") nextLine(scan, column);
    else if ((character === '"' || character === "'") && "[{,:".includes(before)) skipQuoted(scan, column);
    else if (character === "#" && /\s/u.test(text[scan.position - 1] ?? "")) skip(scan, comment);
    else {
      scan.position += 1;
      depth += "[{".includes(character) ? 1 : "]}".includes(character) ? -1 : 0;
      if (depth === 0) return;
    }
    if (character.trim() !== "") before = character;
  }
}

/** Goes to the next line and sees that it begins at least in that column. */
function nextLine(scan: Scan, column: number): void {
  const { text } = scan;
  scan.position += 1;
  scan.lineStart = scan.position;
  skip(scan, blank);
  const indent = text.slice(scan.lineStart, scan.position);
  if ((indent.length >= column && !indent.includes("\t")) || text[scan.position] === "\n") return;
  scan.pieces.push(text.slice(scan.copied, scan.lineStart), " ".repeat(Math.max(column, indent.length)));
  scan.copied = scan.position;
}

function skip(scan: Scan, pattern: RegExp): boolean {
  pattern.lastIndex = scan.position;
  if (!pattern.test(scan.text)) return false;
  scan.position = pattern.lastIndex;
  return true;
}
