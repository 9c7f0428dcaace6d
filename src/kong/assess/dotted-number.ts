/** The leading numbers of a version-like text: `15.18 (Debian …)`, `v2.6`, `3.3-alpine`; undefined where it has none. */
export function parseNumbers(text: string): readonly number[] | undefined {
  const found = /^v?(\d{1,9}(?:\.\d{1,9}){0,5})/u.exec(text.trim().slice(0, 100))?.[1];
  return found?.split(".").map(Number);
}

/** Like a sort callback, number by number (3.10 > 3.9); missing parts count as 0. */
export function compareNumbers(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = (left[index] ?? 0) - (right[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
