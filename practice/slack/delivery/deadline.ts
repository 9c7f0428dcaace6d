/**
 * Calls back once the time is up and everything that arrived in time has been read. A workspace that stood still itself (its
 * process got no processor) finds its timers due before it reads its sockets, and would blame an app that answered at once.
 * Answers how to call it off.
 */
export function atDeadline(afterMs: number, callback: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  // Node's loop runs timers, then reads sockets, then runs immediates.
  const timer = setTimeout(
    () => {
      immediate = setImmediate(callback);
    },
    Math.max(0, afterMs),
  );
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
