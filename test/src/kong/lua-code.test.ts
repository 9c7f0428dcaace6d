import { expect, test } from "vitest";
import { luaCode } from "#src/kong/lua-code.ts";

const lines = (source: string): readonly string[] =>
  luaCode(source)
    .split("\n")
    .map((line) => line.trimEnd());

test("nothing that is commented out is left, and lines keep their numbers", () => {
  const source = [
    "a = 1 -- one",
    "--[[ two",
    'require "x"',
    "]] b = 2",
    "--[==[ ]] still ]==] c = 3",
    "---[[ a line",
    "d = 4",
    "--[[ never closed",
    "e = 5",
  ].join("\n");
  expect(lines(source)).toEqual(["a = 1", "", "", "  b = 2", "  c = 3", "", "d = 4", "", ""]);
});

test("what looks like a comment in a string is none, and the other way round", () => {
  const source = [
    String.raw`a = "-- \" --" -- gone`,
    "b = '--[[' .. 'x'",
    "c = [[ -- kept",
    "-- kept too ]] -- gone",
    "d = [=[ ]] -- kept ]=]",
    "-- it's one comment",
    'e = "open',
    "f = 6 -- gone",
  ].join("\n");
  expect(lines(source)).toEqual([
    String.raw`a = "-- \" --"`,
    "b = '--[[' .. 'x'",
    "c = [[ -- kept",
    "-- kept too ]]",
    "d = [=[ ]] -- kept ]=]",
    "",
    'e = "open',
    "f = 6",
  ]);
});

test("hostile sources take a time that grows with their length", () => {
  const started = process.cpuUsage();
  for (const piece of ["--[[", "[[", '"\\', "'", "--", "]]", "[=["]) luaCode(piece.repeat(200_000));
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
});
