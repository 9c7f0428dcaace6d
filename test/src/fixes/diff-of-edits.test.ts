import { applyPatch } from "diff";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdits } from "#src/fixes/apply-edits.ts";
import { diffOfEdits } from "#src/fixes/diff-of-edits.ts";

const text = fc
  .array(fc.constantFrom("a", "b", "", "- x", "\r"), { maxLength: 30 })
  .chain((lines) => fc.boolean().map((isClosed) => lines.join("\n") + (isClosed ? "\n" : "")));

const edits = text.chain((whole) =>
  fc
    .array(
      fc.record({
        start: fc.nat({ max: whole.length }),
        length: fc.nat({ max: 8 }),
        text: fc.constantFrom("", "~", "new\n", "one\ntwo\n", "z"),
      }),
      { maxLength: 6 },
    )
    .map((all) => ({
      whole,
      edits: all.map(({ start, length, text: put }) => ({
        start,
        end: Math.min(whole.length, start + length),
        text: put,
        what: "it",
      })),
    })),
);

test("the diff of any edits makes the edited text of the old one", () => {
  fc.assert(
    fc.property(edits, ({ whole, edits: given }) => {
      const applied = applyEdits(whole, given);
      const diff = diffOfEdits("kong.yml", whole, applied.edits);
      expect(diff === "" ? whole : applyPatch(whole, diff, { autoConvertLineEndings: false })).toBe(applied.text);
    }),
  );
});

test("unchanged lines around a change are shown, and changes close to each other together", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}\n`);
  const at = (line: number) => lines.slice(0, line).join("").length;
  const change = (line: number) => ({ start: at(line), end: at(line), text: "~", what: "it" });
  const diff = diffOfEdits("kong.yml", lines.join(""), [change(1), change(4), change(15)]);
  expect(diff.split("\n").filter((line) => /^(?:@@|[-+]~|[-+]l)/u.test(line))).toEqual([
    "@@ -1,7 +1,7 @@",
    "-line 1",
    "+~line 1",
    "-line 4",
    "+~line 4",
    "@@ -14,5 +14,5 @@",
    "-line 15",
    "+~line 15",
  ]);
});
