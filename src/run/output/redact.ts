import { cleanText } from "./clean-text.ts";
import { maxLineLength } from "./lines.ts";
import type { RawLine } from "./lines.ts";
import { createBlockRedactor } from "./redact-blocks.ts";
import { createKnownSecretRedactor, redactedMark } from "./redact-known.ts";
import { redactPatterns, secretName } from "./redact-patterns.ts";

/** Redacts the lines of one stream in order; it remembers whether it is inside a key or a licence. */
export interface LineRedactor {
  redactLine(line: RawLine): string;
}

/** Takes secrets out of text before anything else sees it (design invariant 13). */
export interface Redactor {
  /** How many code units beyond the limit of a line have to be kept to see a secret whole. */
  readonly margin: number;
  /** A redactor for one stream of lines. */
  forStream(): LineRedactor;
  /** For a text on its own: an argument, an error, a detail of a probe. Lines are kept. */
  redactText(text: string): string;
  /** For the words of a command: also the one after `--password`. */
  redactWords(words: readonly string[]): readonly string[];
}

const smallestMargin = 1_024;

/**
 * Knows the values of the configured secrets and what secrets look like in general: assignments, addresses with
 * credentials, PEM blocks, tokens, JSON fields with secret names, licences.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = createKnownSecretRedactor(secrets);
  const margin = Math.max(smallestMargin, known.longest);
  const forStream = (): LineRedactor => {
    const blocks = createBlockRedactor();
    return {
      redactLine: (line) => {
        const clean = cleanText(line.text);
        const redacted = redactPatterns(known.redact(blocks.redact(clean)));
        return clean.length <= maxLineLength && line.leftOut === 0 ? redacted : cut(redacted, line, margin);
      },
    };
  };
  const redactText = (text: string): string => {
    const stream = forStream();
    return text
      .split("\n")
      .map((line) => stream.redactLine({ text: line, leftOut: 0 }))
      .join("\n");
  };
  return {
    margin,
    forStream,
    redactText,
    redactWords: (words) =>
      words.map((word, index) =>
        secretFlag.test(words[index - 1] ?? "") && !word.startsWith("-") ? redactedMark : redactText(word),
      ),
  };
}

const secretFlag = new RegExp(`^--?[\\w-]{0,40}${secretName}[\\w-]{0,40}$`, "iu");

/** The end of a cut line may hold the first half of a secret, so the margin is given up. */
function cut(redacted: string, line: RawLine, margin: number): string {
  const whole = line.leftOut === 0 ? redacted : redacted.slice(0, Math.max(0, redacted.length - margin));
  const kept = whole.slice(0, maxLineLength).toWellFormed();
  const leftOut = line.text.length + line.leftOut - kept.length;
  return `${kept} [line cut after ${kept.length} characters, about ${Math.max(0, leftOut)} left out]`;
}
