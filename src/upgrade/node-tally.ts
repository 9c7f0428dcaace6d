/** How far a step is that works on several nodes side by side. */
export interface NodeTally {
  readonly done: number;
  readonly total: number;
  /** Nodes that are being worked on. */
  readonly now: readonly string[];
}

const shownNodes = 4;
/** Output of a node's commands begins with the node's name in brackets, so no program can print such a line. */
const tally = /^\d{1,6} of \d{1,6} nodes done(?:; now at .{1,1000})?$/u;

/** A line of the runner's own in the output of a step, e.g. `12 of 40 nodes done; now at gw-13, gw-14`. */
export function tallyLine({ done, total, now }: NodeTally): string {
  const names = now.slice(0, shownNodes).join(", ");
  const more = now.length > shownNodes ? ` and ${now.length - shownNodes} more` : "";
  return `${done} of ${total} nodes done${now.length === 0 ? "" : `; now at ${names}${more}`}`;
}

/** Whether a line of a step's output is such a one. */
export function isTallyLine(line: string): boolean {
  return tally.test(line);
}
