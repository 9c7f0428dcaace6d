import { releaseLine, releases } from "./releases.ts";
import type { Edition } from "./releases.ts";
import { formatVersion, minorOf } from "./version.ts";
import type { Version } from "./version.ts";

/** Lines with long-term support follow one another directly (Kong developer docs, upgrade reference). */
const ltsSteps: Readonly<Record<string, string>> = { "2.8": "3.4", "3.4": "3.10", "3.10": "3.14" };

/**
 * The versions to pass through, the wanted one included, over Kong's guaranteed steps only; one entry means direct,
 * none means that no chain is known. Each stop is the latest known patch of its line.
 */
export function findStops(from: Version, to: Version, edition: Edition): readonly string[] {
  const wanted = formatVersion(to);
  const start = minorOf(from);
  const goal = minorOf(to);
  if (start === goal) return [wanted];
  const chain = shortestChain(start, goal, edition);
  return chain.map((minor) => (minor === goal ? wanted : (releaseLine(minor, edition)?.latest ?? minor)));
}

function shortestChain(start: string, goal: string, edition: Edition): readonly string[] {
  const reached = new Map<string, readonly string[]>([[start, []]]);
  const queue = [start];
  for (const minor of queue) {
    const path = reached.get(minor) ?? [];
    if (minor === goal) return path;
    for (const next of guaranteedSteps(minor, edition)) {
      if (reached.has(next)) continue;
      reached.set(next, [...path, next]);
      queue.push(next);
    }
  }
  return [];
}

/** The lines that may follow a line directly, long-term ones first. */
function guaranteedSteps(minor: string, edition: Edition): readonly string[] {
  const [major = 0, number = 0] = minor.split(".").map(Number);
  const isLateTwo = major === 2 && number >= 1;
  const steps = [
    ltsSteps[minor],
    // Kong 2.8 UPGRADE.md: any 1.x or 2.0 may go to 2.1 and later 2.x; only the last 2.x is offered.
    major === 1 || minor === "2.0" ? "2.8" : undefined,
    isLateTwo ? "3.0" : undefined,
    `${major}.${number + 1}`,
    isLateTwo && number < 8 ? "2.8" : undefined,
  ];
  return steps.filter(
    (step): step is string =>
      step !== undefined && releases.some((release) => release.minor === step && release.edition === edition),
  );
}
