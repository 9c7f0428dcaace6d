import { redactedMark } from "./redact-known.ts";

/** A block that never ends must not swallow the whole output. */
const maxBlockLines = 400;

type Block =
  | { readonly kind: "none" }
  | { readonly kind: "pem"; readonly lines: number }
  | { readonly kind: "licence"; readonly depth: number; readonly lines: number };

/** Replaces what spans lines: PEM blocks and licence JSON. */
export interface BlockRedactor {
  redact(line: string): string;
}

const pemOnOneLine = /-----BEGIN [A-Z0-9 ]{1,60}-----.*?-----END [A-Z0-9 ]{1,60}-----/gu;
const pemBegin = /-----BEGIN [A-Z0-9 ]{1,60}-----.*$/u;
const pemEnd = /^.*?-----END [A-Z0-9 ]{1,60}-----/u;
/** Kong's licence is `{"license":{"payload":…,"signature":…}}` (Kong Gateway docs, licenses). */
const licenceBegin = /(\\?"licen[cs]e\\?"\s{0,4}:\s{0,4})\{.*$/iu;

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
  if (block.kind === "pem") {
    return pemEnd.test(line) ? begin(line.replace(pemEnd, redactedMark)) : [redactedMark, { kind: "pem", lines }];
  }
  const depth = block.depth + braces(line);
  return [redactedMark, depth <= 0 ? { kind: "none" } : { kind: "licence", depth, lines }];
}

function begin(line: string): readonly [string, Block] {
  if (line.includes("-----BEGIN ")) {
    const whole = line.replace(pemOnOneLine, redactedMark);
    return pemBegin.test(whole)
      ? [whole.replace(pemBegin, redactedMark), { kind: "pem", lines: 0 }]
      : [whole, { kind: "none" }];
  }
  const licence = licenceBegin.exec(line);
  if (licence === null) return [line, { kind: "none" }];
  const depth = braces(licence[0]);
  return [
    line.replace(licenceBegin, `$1${redactedMark}`),
    depth <= 0 ? { kind: "none" } : { kind: "licence", depth, lines: 0 },
  ];
}

function braces(text: string): number {
  let depth = 0;
  for (const character of text) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
  }
  return depth;
}
