import { redactedMark } from "./redact-known.ts";
import { secretName } from "./redact-patterns.ts";

/** A block that never ends must not swallow the whole output. */
const maxBlockLines = 400;

type Block =
  | { readonly kind: "none" }
  | { readonly kind: "pem"; readonly lines: number }
  /** `isOpen` from its first brace on, which may stand on a later line. */
  | { readonly kind: "licence"; readonly depth: number; readonly isOpen: boolean; readonly lines: number }
  /** A name whose value stands on the next line, or, in YAML's block style, on all that are indented further. */
  | { readonly kind: "value"; readonly indent: number; readonly style: "one_line" | "block"; readonly lines: number };

/** Replaces what spans lines: PEM blocks, licence JSON, and values below their names. */
export interface BlockRedactor {
  redact(line: string): string;
}

const pemOnOneLine = /-----BEGIN [A-Z0-9 ]{1,60}-----.*?-----END [A-Z0-9 ]{1,60}-----/gu;
const pemBegin = /-----BEGIN [A-Z0-9 ]{1,60}-----.*$/u;
const pemEnd = /^.*?-----END [A-Z0-9 ]{1,60}-----/u;
/** Kong's licence is `{"license":{"payload":…,"signature":…}}` (Kong Gateway docs, licenses). */
const licenceBegin = /(\\?"licen[cs]e\\?"\s{0,4}:\s{0,4})\{.*$/iu;
const licenceName = /\\?"licen[cs]e\\?"\s{0,4}:?\s{0,4}$/iu;
const valueBelow = new RegExp(
  String.raw`(?:^|[\s{,[(])["']?[\w.-]{0,40}?${secretName}[\w.-]{0,40}["']?\s{0,4}[:=]\s{0,4}([|>][+\d-]{0,2})?\s{0,4}$`,
  "iu",
);
const named = /^\s*(?:- )?["']?[\w.-]+["']?\s{0,4}[:=]/u;

/** Follows one stream: it remembers from line to line whether a block is open. */
export function createBlockRedactor(): BlockRedactor {
  let block: Block = { kind: "none" };
  return {
    redact: (line) => {
      const [redacted, next] = step(block, line);
      block = next;
      return redacted;
    },
  };
}

function step(block: Block, line: string): readonly [string, Block] {
  if (block.kind === "none") return begin(line);
  const lines = block.lines + 1;
  if (lines > maxBlockLines) return begin(line);
  switch (block.kind) {
    case "pem":
      return pemEnd.test(line) ? begin(line.replace(pemEnd, redactedMark)) : [redactedMark, { kind: "pem", lines }];
    case "licence":
      return stepLicence({ ...block, lines }, line);
    case "value":
      return stepValue({ ...block, lines }, line);
  }
}

function stepLicence(block: Extract<Block, { kind: "licence" }>, line: string): readonly [string, Block] {
  const isOpen = block.isOpen || line.includes("{");
  if (!isOpen) return /^[\s:]*$/u.test(line) ? [line, block] : begin(line);
  const depth = block.depth + braces(line);
  return [redactedMark, depth <= 0 ? { kind: "none" } : { ...block, isOpen, depth }];
}

function stepValue(block: Extract<Block, { kind: "value" }>, line: string): readonly [string, Block] {
  if (line.trim() === "") return [line, block];
  const isBelow = indentOf(line) > block.indent;
  if (!isBelow || (block.style === "one_line" && named.test(line))) return begin(line);
  return [redactedMark, block.style === "block" ? block : { kind: "none" }];
}

function begin(line: string): readonly [string, Block] {
  if (line.includes("-----BEGIN ")) {
    const whole = line.replace(pemOnOneLine, redactedMark);
    return pemBegin.test(whole)
      ? [whole.replace(pemBegin, redactedMark), { kind: "pem", lines: 0 }]
      : [whole, { kind: "none" }];
  }
  if (licenceName.test(line)) return [line, { kind: "licence", depth: 0, isOpen: false, lines: 0 }];
  const last = line.trimEnd().at(-1);
  // Most lines end in neither way.
  if (last === ":" || last === "=" || last === "|" || last === ">" || last === "-" || last === "+") {
    const below = valueBelow.exec(line);
    if (below !== null)
      return [
        line,
        {
          kind: "value",
          indent: indentOf(line),
          style: below[1] === undefined ? "one_line" : "block",
          lines: 0,
        },
      ];
  }
  return beginLicence(line);
}

function beginLicence(line: string): readonly [string, Block] {
  const licence = licenceBegin.exec(line);
  if (licence === null) return [line, { kind: "none" }];
  const depth = braces(licence[0]);
  return [
    line.replace(licenceBegin, `$1${redactedMark}`),
    depth <= 0 ? { kind: "none" } : { kind: "licence", depth, isOpen: true, lines: 0 },
  ];
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function braces(text: string): number {
  let depth = 0;
  for (const character of text) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
  }
  return depth;
}
