import { StringDecoder } from "node:string_decoder";

/** Longest line that is kept, in UTF-16 code units. */
export const maxLineLength = 16_384;

/** A line as it came; `leftOut` counts the code units that were not kept. */
export interface RawLine {
  readonly text: string;
  readonly leftOut: number;
}

/** Turns chunks of bytes into lines; invalid UTF-8 becomes U+FFFD. */
export interface LineSplitter {
  push(bytes: Uint8Array): readonly RawLine[];
  /** What came after the last line feed. */
  end(): readonly RawLine[];
}

/**
 * Splits a stream into lines with memory for one line only. A long line is kept up to its limit and `margin` more code
 * units, so that a secret that lies across the limit is still whole when it is redacted.
 */
export function createLineSplitter(margin: number): LineSplitter {
  const decoder = new StringDecoder("utf8");
  const limit = maxLineLength + margin;
  let held = "";
  let dropped = 0;

  const hold = (text: string): void => {
    const room = limit - held.length;
    held += text.length > room ? text.slice(0, room) : text;
    dropped += Math.max(0, text.length - room);
  };
  const release = (): RawLine => {
    const line = { text: held.endsWith("\r") ? held.slice(0, -1) : held, leftOut: dropped };
    held = "";
    dropped = 0;
    return line;
  };
  const split = (text: string): readonly RawLine[] => {
    const parts = text.split("\n");
    const last = parts.pop() ?? "";
    const lines = parts.map((part) => {
      hold(part);
      return release();
    });
    hold(last);
    return lines;
  };

  return {
    push: (bytes) => split(decoder.write(bytes)),
    end: () => {
      const lines = split(decoder.end());
      return held === "" && dropped === 0 ? lines : [...lines, release()];
    },
  };
}
