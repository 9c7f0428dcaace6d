import { expect, test } from "vitest";
import { isBlank, visibleSigns } from "#src/kernel/visible-signs.ts";

test.for([
  ["no", 2],
  ["  a b\n", 2],
  ["不可", 2],
  ["👍🏽", 2],
  ["\u0301", 0],
  ["e\u0301", 1],
  ["\u200B\u200C\u200D\u2060\uFEFF\u00AD\u061C\u180E\u202E", 0],
  ["\u3164\uFFA0\u115F\u1160\u17B4\u034F\u2800\u{E0041}\uFE0F", 0],
  ["\u0000\uE000\uD800", 0],
] as const)("of %j a reader sees %i signs", ([text, count]) => {
  expect(visibleSigns(text)).toBe(count);
  expect(isBlank(text)).toBe(count === 0);
});
