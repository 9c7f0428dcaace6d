import type { Part } from "./policy.ts";

/** Which of the voters fill which part, as many seats as possible, nobody twice. */
export interface Cover<Voter> {
  readonly seated: readonly Voter[];
  /** Seats that nobody of them can fill, in the order of the parts; parts that are complete are left out. */
  readonly missing: readonly { readonly part: Part; readonly count: number }[];
}

/**
 * Seats distinct people so that as many seats as possible are filled (maximum bipartite matching by augmenting paths): one
 * who is in two lists takes the seat that nobody else can take. Earlier voters keep their seats when later ones come.
 */
export function cover<Voter>(
  parts: readonly Part[],
  voters: readonly Voter[],
  mayFill: (voter: Voter, part: Part) => boolean,
): Cover<Voter> {
  const seats = parts.flatMap((part) => Array.from({ length: part.count }, () => part));
  /** Index of the voter on each seat. */
  const taken = new Map<number, number>();

  const seat = (voterIndex: number, visited: Set<number>): boolean => {
    const voter = voters[voterIndex];
    if (voter === undefined) return false;
    for (const [seatIndex, part] of seats.entries()) {
      if (visited.has(seatIndex) || !mayFill(voter, part)) continue;
      visited.add(seatIndex);
      const sitting = taken.get(seatIndex);
      if (sitting === undefined || seat(sitting, visited)) {
        taken.set(seatIndex, voterIndex);
        return true;
      }
    }
    return false;
  };
  for (const index of voters.keys()) seat(index, new Set());

  const sitting = new Set(taken.values());
  const missing = parts.flatMap((part) => {
    const free = seats.filter((each, index) => each === part && !taken.has(index)).length;
    return free === 0 ? [] : [{ part, count: free }];
  });
  return { seated: voters.filter((_, index) => sitting.has(index)), missing };
}
