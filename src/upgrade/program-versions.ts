/**
 * Why a runner of this version works with none of these bots, as half a sentence with what to do; undefined where it does,
 * and where no bot is known. They may differ in the last number: a plan is made by both and compared, and the first two
 * numbers change with what plans, records and rings hold.
 */
export function whyVersionsClash(runner: string, bots: readonly string[]): string | undefined {
  if (bots.length === 0 || bots.some((bot) => lineOf(bot) === lineOf(runner))) return undefined;
  const newest = bots.toSorted(compareLines).at(-1) ?? "";
  const todo =
    compareLines(newest, runner) > 0
      ? `install ${lineOf(newest)} on this runner and start it again`
      : `update the bot to ${lineOf(runner)} first, runners follow`;
  return `version ${runner} does not fit the bot's ${[...new Set(bots)].join(", ")} (they may differ in the last number only); ${todo}`;
}

/** `0.1` of `0.1.7`. */
function lineOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function compareLines(left: string, right: string): number {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [numbersOf(left), numbersOf(right)];
  return major - otherMajor || minor - otherMinor;
}

function numbersOf(version: string): readonly number[] {
  return version.split(".").map((part) => Number.parseInt(part, 10) || 0);
}
