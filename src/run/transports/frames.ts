/** What a target sends: bytes that the command printed, or a line about it. What comes before the first mark is noise. */
export type Frame =
  | { readonly kind: "stdout" | "stderr" | "noise"; readonly bytes: Uint8Array }
  | { readonly kind: "word"; readonly text: string };

/** Longest line about a command; a longer one is no answer of ours. */
const maxWordBytes = 1_000;

export interface FrameReader {
  push(bytes: Uint8Array): readonly Frame[];
}

/**
 * Takes apart what `target.sh` sends. A mark that arrives in pieces is held back until it is known to be one, so that no
 * byte of a mark is ever taken for output: whoever reconnects goes on from the bytes that were handed out.
 */
export function createFrameReader(mark: string): FrameReader {
  const wanted = Buffer.from(mark);
  let held: Buffer = Buffer.alloc(0);
  let stream: "stdout" | "stderr" | "noise" = "noise";

  const takeData = (frames: Frame[], length: number): void => {
    if (length > 0) frames.push({ kind: stream, bytes: held.subarray(0, length) });
    held = held.subarray(length);
  };
  /** `held` begins with the mark. Answers whether it was whole. */
  const takeMarked = (frames: Frame[]): boolean => {
    const kind = held[wanted.length];
    if (kind === undefined) return false;
    if (kind === letterO || kind === letterE) {
      stream = kind === letterO ? "stdout" : "stderr";
      held = held.subarray(wanted.length + 1);
      return true;
    }
    const end = held.indexOf(lineFeed, wanted.length);
    if (end === -1 && held.length < wanted.length + maxWordBytes) return false;
    const text = held.subarray(wanted.length, end === -1 ? wanted.length + maxWordBytes : end).toString("utf8");
    frames.push({ kind: "word", text });
    stream = "noise";
    held = held.subarray(end === -1 ? wanted.length + maxWordBytes : end + 1);
    return true;
  };

  return {
    push: (bytes) => {
      held = held.length === 0 ? Buffer.from(bytes) : Buffer.concat([held, bytes]);
      const frames: Frame[] = [];
      for (;;) {
        const at = held.indexOf(wanted);
        takeData(frames, at === -1 ? held.length - beginningsAtEnd(held, wanted) : at);
        if (at === -1 || !takeMarked(frames)) return frames;
      }
    },
  };
}

const letterO = 0x6f;
const letterE = 0x65;
const lineFeed = 0x0a;

/** How many bytes at the end may be the beginning of a mark. */
function beginningsAtEnd(held: Buffer, wanted: Buffer): number {
  for (let length = Math.min(wanted.length - 1, held.length); length > 0; length -= 1) {
    if (held.subarray(held.length - length).equals(wanted.subarray(0, length))) return length;
  }
  return 0;
}
