import { isTooOld } from "./postgres.ts";
import { latestGood, linesOf, releaseLine } from "#src/kong/releases.ts";
import type { Edition, ReleaseLine } from "#src/kong/releases.ts";
import { compareMinors, formatVersion, isWithin, minorOf } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import type { Hop, ReadQuestion } from "./question.ts";
import { findStep } from "./steps.ts";

/** Versions after the start, and how dear they are: hops, then stops without long-term support, then unsupported ones. */
interface Chain {
  readonly stops: readonly Version[];
  readonly cost: readonly [hops: number, withoutLts: number, unsupported: number];
}

/**
 * The upgrades from one version to another over known steps only: the fewest, and of several equally short ways that over
 * long-term and supported lines. A stop is the newest release of its line without a known problem. Empty where there is no
 * way. Both versions are of one edition, and the wanted one is newer.
 */
export function findChain(question: ReadQuestion): readonly Hop[] {
  const { from, to } = question;
  if (minorOf(from) === minorOf(to)) return describe(question, [to]);
  return describe(question, cheapestChain(question)?.stops ?? []);
}

function cheapestChain(question: ReadQuestion): Chain | undefined {
  const { from, to, edition } = question;
  const goal = minorOf(to);
  const first = patchFirst(question);
  const chains = new Map<string, Chain>([
    [minorOf(from), first === undefined ? { stops: [], cost: [0, 0, 0] } : { stops: [first], cost: [1, 1, 1] }],
  ]);
  for (const line of linesOf(edition)) {
    if (compareMinors(line.minor, minorOf(from)) <= 0 || compareMinors(line.minor, goal) > 0) continue;
    const stop = line.minor === goal ? to : usableStop(line, question);
    if (stop === undefined) continue;
    const ways = [...chains]
      .filter(([minor]) => findStep(minor, line.minor, edition) !== undefined)
      .map(([, chain]) => extend(chain, stop, costOf(line, question)));
    const best = ways.toSorted(compareChains)[0];
    if (best !== undefined) chains.set(line.minor, best);
  }
  return chains.get(goal);
}

function extend(chain: Chain, stop: Version, cost: Chain["cost"]): Chain {
  return {
    stops: [...chain.stops, stop],
    cost: [chain.cost[0] + cost[0], chain.cost[1] + cost[1], chain.cost[2] + cost[2]],
  };
}

function costOf(line: ReleaseLine, { asked }: ReadQuestion): Chain["cost"] {
  const { today } = asked;
  const isOver = today !== undefined && line.endOfSupport !== undefined && line.endOfSupport < today;
  return [1, line.isLts ? 0 : 1, isOver ? 1 : 0];
}

function compareChains(left: Chain, right: Chain): number {
  return left.cost[0] - right.cost[0] || left.cost[1] - right.cost[1] || left.cost[2] - right.cost[2];
}

/** The release to stop at in a line that this database can serve. */
function usableStop(line: ReleaseLine, { asked }: ReadQuestion): Version | undefined {
  if (asked.database === "cassandra" && line.cassandra === "removed") return undefined;
  return isTooOld(asked, line) ? undefined : latestGood(line);
}

const wrpcOnly = {
  rule: "control planes 3.1.0.0 to 3.1.1.1 talk to data planes by wRPC only; 3.1.1.2 brought back the protocol that 3.2 and later use, so the rest of 3.1 comes first",
  source: "Kong developer docs, upgrade reference, upgrades from 3.1.0.0 or 3.1.1.1",
};

/** The later patch of its own line that a hybrid installation has to run before it can leave 3.1. */
function patchFirst({ from, edition, asked }: ReadQuestion): Version | undefined {
  if (edition !== "enterprise" || asked.topology !== "hybrid" || !isWithin(from, "3.1.0.0", "3.1.1.1")) {
    return undefined;
  }
  const line = releaseLine("3.1", edition);
  return line === undefined ? undefined : latestGood(line);
}

function describe({ from, edition }: ReadQuestion, stops: readonly Version[]): readonly Hop[] {
  return stops.flatMap((to, index) => {
    const start = stops[index - 1] ?? from;
    const step = findStep(minorOf(start), minorOf(to), edition);
    if (step === undefined) return [];
    const next = stops[index + 1];
    const isPatchFirst = next !== undefined && minorOf(start) === minorOf(to);
    const { rule, source } = isPatchFirst ? wrpcOnly : step;
    return [
      {
        from: start,
        to,
        rule,
        source,
        whyNotSkipped:
          next === undefined
            ? `${formatVersion(to)} is the wanted version`
            : isPatchFirst
              ? `${formatVersion(to)} cannot be skipped: ${wrpcOnly.rule}`
              : sayWhy([minorOf(start), minorOf(to), minorOf(next)], edition),
      },
    ];
  });
}

function sayWhy([from, stop, next]: readonly [string, string, string], edition: Edition): string {
  const isPromised = [findStep(from, stop, edition), findStep(stop, next, edition)].every((step) => step?.isGuaranteed);
  return isPromised
    ? `${stop} cannot be skipped: Kong guarantees ${from} → ${stop} and ${stop} → ${next}, nothing guarantees ${from} → ${next}`
    : `${stop} cannot be skipped: ${from} → ${stop} and ${stop} → ${next} are known to work, nothing says so of ${from} → ${next}`;
}
