import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineSplitter, maxLineLength } from "#src/run/output/lines.ts";

test("lines do not depend on how the bytes arrive", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.array(fc.integer({ min: 1, max: 9 })), (lines, sizes) => {
      const whole = lines.map((line) => line.replaceAll(/[\r\n]/gu, "")).concat("end");
      const bytes = Buffer.from(whole.join("\n"), "utf8");
      const splitter = createLineSplitter(0);
      const found: string[] = [];
      let position = 0;
      for (let index = 0; position < bytes.length; index += 1) {
        const size = sizes[index % Math.max(1, sizes.length)] ?? 7;
        found.push(...splitter.push(bytes.subarray(position, position + size)).map((line) => line.text));
        position += size;
      }
      found.push(...splitter.end().map((line) => line.text));
      expect(found).toEqual(whole.map((line) => line.toWellFormed()));
    }),
  );
});

test("a carriage return before the line feed is not part of the line", () => {
  expect(createLineSplitter(0).push(Buffer.from("one\r\ntwo\r\n"))).toEqual([
    { text: "one", leftOut: 0 },
    { text: "two", leftOut: 0 },
  ]);
});

test("invalid UTF-8 becomes a replacement character", () => {
  const [line] = createLineSplitter(0).push(Buffer.from([0x61, 0xff, 0x62, 0x0a]));
  expect(line?.text).toBe("a\ufffdb");
});

test("of a line of 10 MB only its beginning is held", () => {
  const splitter = createLineSplitter(100);
  for (let index = 0; index < 160; index += 1) splitter.push(Buffer.alloc(65_536, "x"));
  const [line] = splitter.push(Buffer.from("\nnext\n"));
  expect(line?.text).toHaveLength(maxLineLength + 100);
  expect(line?.leftOut).toBe(160 * 65_536 - maxLineLength - 100);
});
