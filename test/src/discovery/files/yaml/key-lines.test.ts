import { expect, test } from "vitest";
import { keyLines } from "#src/discovery/files/yaml/key-lines.ts";

const told = (text: string): readonly string[] => keyLines(text).map(({ path, line }) => `${line} ${path.join(".")}`);

test("every key of a mapping has its line, in block and flow form, quoted and not", () => {
  expect(
    told(
      '# first\n"image":\n  tag: >\n    folded\n    text\n  pull: {policy: Always,\n    "when": 1}\nenv: &e\n  a: 1\n',
    ),
  ).toEqual(["2 image", "3 image.tag", "6 image.pull", "6 image.pull.policy", "7 image.pull.when", "8 env", "9 env.a"]);
  expect(told('{\n "env": {\n  "database": "off"\n }\n}')).toEqual(["2 env", "3 env.database"]);
});

test("lists, aliases, keys that are no text and later documents lead nowhere and shift nothing", () => {
  expect(told("a: [{ x: 1 }, [y: 2]]\nb: &b { c: 1 }\nd: *b\n? [1, 2]\n: { z: 1 }\ne:\nf: 1\n---\ng: 1\n")).toEqual([
    "1 a",
    "2 b",
    "2 b.c",
    "3 d",
    "6 e",
    "7 f",
  ]);
});

test.each(["", "- a\n", "a: [", "plain", "\u0000", "a: 1\n".repeat(3)])("%j is read without trouble", (text) => {
  expect(Array.isArray(told(text))).toBe(true);
});

test("deep nesting keeps the lines of its upper levels, in time that grows with the text", () => {
  const deep = `${Array.from({ length: 90 }, (_, depth) => `${" ".repeat(depth)}k:`).join("\n")} 1\n`;
  expect(told(deep)).toHaveLength(12);
  const wide = Array.from({ length: 20_000 }, (_, index) => `k${index}: { a: 1, b: 2 }`).join("\n");
  expect(keyLines(wide)).toHaveLength(60_000);
});
