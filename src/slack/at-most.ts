/** Runs work, a bounded amount of it at once; what waits is begun in the order in which it came. */
type AtMost = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** Work begins at once while fewer than `most` are under way. */
export function atMost(most: number): AtMost {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (underWay < most) underWay += 1;
    // Whoever ends hands its place on.
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
}
