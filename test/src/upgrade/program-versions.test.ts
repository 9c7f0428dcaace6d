import { expect, test } from "vitest";
import { whyVersionsClash } from "#src/upgrade/program-versions.ts";

test.each<readonly [string, readonly string[]]>([
  ["0.1.0", []],
  ["0.1.0", ["0.1.9"]],
  ["0.2.0", ["0.1.0", "0.2.3"]],
  ["1.10.2", ["1.10.0"]],
])("a runner of %s works with bots of %j", (runner, bots) => {
  expect(whyVersionsClash(runner, bots)).toBeUndefined();
});

test.each<readonly [string, readonly string[], string]>([
  ["0.1.0", ["0.2.0"], "install 0.2 on this runner and start it again"],
  ["0.9.0", ["0.10.0"], "install 0.10 on this runner"],
  ["1.0.0", ["0.9.0"], "update the bot to 1.0 first, runners follow"],
  ["1.10.0", ["1.1.0", "1.1.0"], "the bot's 1.1.0 (they may differ"],
])("a runner of %s does not work with bots of %j", (runner, bots, told) => {
  expect(whyVersionsClash(runner, bots)).toContain(told);
});
