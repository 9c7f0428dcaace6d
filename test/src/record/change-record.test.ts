import fc from "fast-check";
import { expect, test } from "vitest";
import { exportRecord } from "#src/record/export.ts";
import { codeBlock, escapeText, inlineCode } from "#src/report/foreign-text.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { checkpointAt, completedRecord, recordWithNotes } from "./sealed.ts";

const key = generateKey();

test("the change record tells who asked, who approved what, what ran, and where the chain ends", () => {
  const events = completedRecord("KU-2026-0001");
  const { markdown } = exportRecord(events, [checkpointAt(events, events.length, key)], [key.publicKey]);
  const plan = events.flatMap(({ event }) => (event.type === "plan_made" ? [event.plan] : []))[0];
  const granted = events.flatMap(({ event }) => (event.type === "approval_granted" ? [event] : []))[0];

  for (const part of [
    "# Change record KU-2026-0001",
    "U0ALICE01",
    "U0CAROL01",
    plan?.digest,
    granted?.digest,
    events.at(-1)?.hash,
    "**completed**",
    "Point of no return",
    "What this record does not prove",
  ]) {
    expect(markdown).toContain(part);
  }
  for (const step of plan?.steps ?? []) expect(markdown).toContain(`\`${step.id}\``);
  for (const event of events) expect(markdown).toContain(`| ${event.version} | ${event.at} |`);
});

test("hostile notes stay inside their line of the record", () => {
  const hostile = "x | y\n## Forged\n<img src=x onerror=alert(1)> [ok](http://evil) `code` **bold** \u202e @here";
  const { markdown } = exportRecord(recordWithNotes("KU-2026-0001", [hostile]), [], []);
  const lines = markdown.split("\n");

  expect(lines.filter((line) => line.startsWith("## Forged"))).toEqual([]);
  expect(markdown).not.toContain("<img");
  expect(markdown).not.toMatch(/(?<!\\)\]\(http/u);
  expect(markdown).not.toContain("\u202e");
  expect(lines.filter((line) => line.includes("Forged"))).toHaveLength(1);
});

test("escaped text has no line break, no HTML and no invisible character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const escaped = escapeText(text);
      expect(escaped).not.toMatch(/[\n\r<>\p{Cc}\u200b\u202a-\u202e\u2066-\u2069]/u);
      expect(escaped.replaceAll(/\\./gu, "")).not.toMatch(/[`*_[\]|]/u);
    }),
  );
});

test.each([
  ["# heading", "\\# heading"],
  ["- item", "\\- item"],
  ["1. item", "1\\. item"],
  ["see http://evil.example", "see http\\://evil.example"],
  ["see www.evil.example", "see www\\.evil.example"],
  ["<b>&", "&lt;b&gt;&amp;"],
  ["in-place: step 2 (of 3)", "in-place: step 2 (of 3)"],
])("%s is shown as it was typed", (text, escaped) => {
  expect(escapeText(text)).toBe(escaped);
});

test("text cannot leave inline code or a code block", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("`", "a", "\n", "~", " ") }), (text) => {
      const inline = inlineCode(text);
      expect(inline).not.toContain("\n");
      const [fence, ...inner] = runs(inline);
      expect(inner.slice(0, -1).every((length) => length < (fence ?? 0))).toBe(true);
      const block = codeBlock(text.split("\n")).split("\n");
      expect(Math.max(0, ...runs(block.slice(1, -1).join("\n")))).toBeLessThan(block.at(-1)?.length ?? 0);
    }),
  );
});

/** Lengths of the runs of back-ticks. */
function runs(text: string): readonly number[] {
  return [...text.matchAll(/`+/gu)].map(([run]) => run.length);
}
