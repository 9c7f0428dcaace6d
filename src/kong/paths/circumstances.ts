import { formatVersion, isAtLeast } from "#src/kong/version.ts";
import { refuseDataPlanes } from "./data-planes.ts";
import { refuseBadRelease } from "./known-problems.ts";
import type { Hop, PathQuestion, ReadQuestion, RefusalReason } from "./question.ts";
import { refuseDatabase } from "./refuse-database.ts";

/** Refuses a wanted release for what is around it: database, data planes, plugins and topology. */
export function refuseCircumstances(question: ReadQuestion): RefusalReason | undefined {
  return refuseDatabase(question) ?? refuseDataPlanes(question) ?? refuseBadRelease(question);
}

/**
 * Refuses what a strategy cannot do in one of its upgrades. Blue-green: old and new nodes share one database; 2.8.0 and 2.8.1
 * do not understand the `~` that `migrations up` writes in front of regular expressions, and lose these routes at once. Kong's
 * guide for 3.0 still allowed it from 2.1.0 on.
 */
export function refuseHops(
  hops: readonly Pick<Hop, "from" | "to">[],
  { strategy }: PathQuestion,
): RefusalReason | undefined {
  const lost = hops.find(({ from, to }) => !isAtLeast(from, "2.8.2") && isAtLeast(to, "3.0"));
  if (strategy !== "blue-green" || lost === undefined) return undefined;
  const { from, to } = lost;
  return {
    code: "blue_green_too_old",
    reason: `nodes ${formatVersion(from)} would serve next to ${formatVersion(to)} on one database, and lose their regular expression routes with \`kong migrations up\``,
    rule: "blue-green to 3.x begins at 2.8.2 or later",
    source: "Kong developer docs, blue-green upgrade and breaking changes 3.0; Kong/kong 2.8.2",
  };
}
