import { latestGood, linesOf, twinsOf } from "#src/kong/releases.ts";
import type { Edition } from "#src/kong/releases.ts";
import { compareMinors, compareVersions, minorOf } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import { judge } from "./judge.ts";
import type { PathQuestion } from "./question.ts";

/** What was wanted, as far as it was understood: a line such as `3.4`, a major such as `3`, or nothing. */
type Wanted = string | undefined;

interface From {
  readonly from: Version;
  readonly asked: PathQuestion;
}

/**
 * The release to ask for instead: the newest one of the wanted line that this installation can reach, else of the nearest line
 * below it, else the furthest one that is a single upgrade away, else the first one at all. Undefined where nothing newer can be reached.
 */
export function nearestTo(wanted: Wanted, edition: Edition, { from, asked }: From): Version | undefined {
  // A change of edition leads to a twin of what runs; where there is none, the edition stays.
  if (edition !== asked.edition) {
    const twins = twinsOf(from).filter((to) => judge({ from, to, edition, asked }).kind === "allowed");
    return twins.at(-1) ?? nearestTo(wanted, asked.edition, { from, asked });
  }
  const reachable = candidates(edition).flatMap((to) => {
    if (compareVersions(to, from) <= 0) return [];
    const judgement = judge({ from, to, edition, asked });
    return judgement.kind === "allowed" ? [{ to, isDirect: judgement.hops.length === 1 }] : [];
  });
  const releases = reachable.map(({ to }) => to);
  return nearestIn(wanted, releases) ?? reachable.findLast(({ isDirect }) => isDirect)?.to ?? releases[0];
}

/** The release to ask for instead where it is not known from which one: of the wanted line or the nearest one below it. */
export function nearestKnown(wanted: Wanted, edition: Edition): Version | undefined {
  const known = candidates(edition);
  return wanted === undefined ? undefined : (nearestIn(wanted, known) ?? known[0]);
}

function nearestIn(wanted: Wanted, releases: readonly Version[]): Version | undefined {
  if (wanted === undefined) return undefined;
  // A major alone stands for its newest line.
  const limit = wanted.includes(".") ? wanted : `${wanted}.${Number.MAX_SAFE_INTEGER}`;
  return releases.findLast((release) => compareMinors(minorOf(release), limit) <= 0);
}

function candidates(edition: Edition): readonly Version[] {
  return linesOf(edition)
    .map((line) => latestGood(line))
    .filter((version) => version !== undefined);
}
