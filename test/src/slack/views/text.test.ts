import fc from "fast-check";
import { expect, test } from "vitest";
import {
  codeFence,
  cutMarkup,
  dateToken,
  escapeText,
  escapeWithDates,
  inlineCode,
  plainText,
  quoted,
} from "#src/slack/views/text.ts";

test.each([
  ["<!channel>", "&lt;!channel&gt;"],
  ["a & b &lt;", "a &amp; b &amp;lt;"],
  ["<https://evil|good>", "&lt;https://evil|good&gt;"],
  ["\u202Eabc\u202C\u200B\uFEFF\u2066", "abc"],
  ["\u001B[31mred\u001B[0m\u0007", "red"],
  ["one\r\ntwo\rthree\u2028four", "one two three four"],
  ["caf\u00E9 😀", "caf\u00E9 😀"],
  [":white_check_mark: Approved", "∶white_check_mark: Approved"],
  [":lock::+1:", "∶lock:∶+1:"],
  ["at 10:20:30 on host:8001:", "at 10:20:30 on host:8001:"],
  ["a `name` stays", "a `name` stays"],
  ["an open ` does not swallow what follows", "an open ˋ does not swallow what follows"],
])("foreign text %j becomes %j", (text, expected) => {
  expect(escapeText(text)).toBe(expected);
});

test("several lines of somebody stand in a quotation, each of them, and one line where it is", () => {
  expect(quoted("one <!here>\r\ntwo\u2028three", 300)).toBe("\n>one &lt;!here&gt;\n>two\n>three");
  expect(quoted("one\n", 300)).toBe(" one");
});

test("what is cut says how much is missing, and no character is torn apart", () => {
  expect(escapeText("x".repeat(400), 100)).toBe(`${"x".repeat(91)}…309 more`);
  expect(escapeText("😀".repeat(100), 20)).toMatch(/^(?:😀)+…\d+ more$/u);
});

test("back-ticks never end a code style", () => {
  expect(inlineCode("a `b` c")).toBe("`a ˋbˋ c`");
  expect(inlineCode("two\nlines")).toBe("`two lines`");
  expect(codeFence(["```", "<!channel>"])).toBe("```ˋˋˋ\n&lt;!channel&gt;```");
  expect(codeFence([])).toBe("```(no output)```");
});

test("a fence keeps the newest lines and says how many it left out", () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  expect(codeFence(lines, 40)).toMatch(/^```…9\d more lines before\n[\s\S]*line 99```$/u);
});

test("moments are shown in the reader's zone with a fallback", () => {
  expect(dateToken("2026-11-20T14:05:00.000Z")).toBe(
    "<!date^1795183500^{date_short_pretty} {time}|2026-11-20 14:05 UTC>",
  );
  expect(escapeWithDates("since <x> 2026-11-20T14:05:00.000Z")).toBe(
    "since &lt;x&gt; <!date^1795183500^{date_short_pretty} {time}|2026-11-20 14:05 UTC>",
  );
  expect(escapeWithDates("9999-99-99T99:99:99.999Z")).toBe("9999-99-99T99:99:99.999Z");
});

test("no text at all gets a token, a control character or more length through", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 500 }), fc.integer({ min: 20, max: 200 }), (text, max) => {
      for (const safe of [escapeText(text, max), inlineCode(text, max), codeFence([text], 2_000)]) {
        expect(safe).not.toMatch(/[<>\p{Bidi_Control}\u200B-\u200D\uFEFF]/u);
      }
      expect(plainText(text, max).length).toBeLessThanOrEqual(max);
      expect(inlineCode(text, max).slice(1, -1)).not.toContain("`");
    }),
  );
});

test("ready markup is cut without half an entity, half a token or an open fence", () => {
  for (let length = 40; length < 120; length += 1) {
    const cut = cutMarkup(`${"a".repeat(30)}&amp;<!date^1^{time}|x>&lt;\`\`\`${"b".repeat(100)}\`\`\``, length);
    expect(cut.length).toBeLessThanOrEqual(length);
    expect(cut).not.toMatch(/&[a-z]{0,4}(?: …|$)|<[^>]*$/u);
    expect((cut.split("```").length - 1) % 2).toBe(0);
  }
});
