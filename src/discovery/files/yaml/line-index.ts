/** Tells lines from offsets. */
export type LineIndex = (offset: number) => number;

/** Offsets are noted every so many lines: a text of nothing but line breaks must not cost more memory than itself. */
const stride = 64;

/** Line numbers of a text, from `first` on. */
export function lineIndex(text: string, first = 1): LineIndex {
  const marks = marksOf(text);
  const lineAround = (offset: number): Line => {
    const mark = lastAtOrBefore(marks, offset);
    let line = first + mark * stride;
    let start = marks[mark] ?? 0;
    let end = endOf(text, start);
    while (end < offset && end < text.length) {
      line += 1;
      start = end + 1;
      end = endOf(text, start);
    }
    return { start, end, line };
  };
  // A line can be the whole file: looking for its end once is enough.
  let last = { start: 0, end: -1, line: first };
  return (offset) => {
    if (offset < last.start || offset > last.end) last = lineAround(offset);
    return last.line;
  };
}

/** Tells where a line begins; undefined for a line that the text does not have. */
export type LineStarts = (line: number) => number | undefined;

/** Offsets of a text's lines, the first of which is 1. */
export function lineStarts(text: string): LineStarts {
  const marks = marksOf(text);
  return (line) => {
    let start = marks[Math.floor((line - 1) / stride)];
    for (let left = (line - 1) % stride; left > 0 && start !== undefined; left -= 1) {
      const end = endOf(text, start);
      start = end === text.length ? undefined : end + 1;
    }
    return start;
  };
}

interface Line {
  readonly start: number;
  /** Offset of its line break, or of the end of the text. */
  readonly end: number;
  readonly line: number;
}

function endOf(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}

function marksOf(text: string): readonly number[] {
  const marks = [0];
  let count = 0;
  for (let position = text.indexOf("\n"); position !== -1; position = text.indexOf("\n", position + 1)) {
    count += 1;
    if (count % stride === 0) marks.push(position + 1);
  }
  return marks;
}

function lastAtOrBefore(marks: readonly number[], offset: number): number {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((marks[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
