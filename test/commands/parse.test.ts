import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { usageOf } from "#commands/command.ts";
import { parseLine } from "#commands/parse.ts";
import { table } from "#commands/table.ts";
import { splitWords } from "#commands/words.ts";

const environments = ["practice", "legacy"];

function parse(line: string) {
  const parsed = parseLine(line, table, environments);
  if (parsed.kind === "mistake") return `${parsed.sentence} | ${parsed.help}`;
  const { positionals, options } = parsed.arguments;
  return {
    ...Object.fromEntries(positionals),
    word: parsed.command.word,
    ...Object.fromEntries([...options].map(([name, value]) => [`--${name}`, value])),
  };
}

test.each([
  ["", { word: "help" }],
  ["plan practice --to 3.4.2", { word: "plan", environment: "practice", "--to": "3.4.2" }],
  ["plan --to=3.4.2 practice", { word: "plan", environment: "practice", "--to": "3.4.2" }],
  ["plan practice —to 3.4.2", { word: "plan", environment: "practice", "--to": "3.4.2" }],
  ["plan practice –to=“3.4.2”", { word: "plan", environment: "practice", "--to": "3.4.2" }],
  [
    "PLAN Practice --TO 3.4.2 --order documented",
    { word: "plan", environment: "Practice", "--to": "3.4.2", "--order": "documented" },
  ],
  ["start", { word: "start" }],
  ["start KU-2026-0007", { word: "start", target: "KU-2026-0007" }],
  ["pause practice --reason “traffic peak”", { word: "pause", target: "practice", "--reason": "traffic peak" }],
  ["pause --reason='traffic peak'", { word: "pause", "--reason": "traffic peak" }],
  ["abort --leave-as-is", { word: "abort", "--leave-as-is": "" }],
  ["note practice all is calm", { word: "note", target: "practice", text: "all is calm" }],
  ["note all is calm --really, don't worry", { word: "note", text: "all is calm --really, don't worry" }],
  [
    "note KU-2026-0007 “asked <@U0BOB0001|bob b>”",
    { word: "note", target: "KU-2026-0007", text: "asked <@U0BOB0001|bob b>" },
  ],
  ["note practice --loud and clear", { word: "note", target: "practice", text: "--loud and clear" }],
  ["answer 30-post-targets no", { word: "answer", "question-id": "30-post-targets", answer: "no" }],
  [
    "answer practice 30-post-targets N/A practice has no “scripts” at all",
    {
      word: "answer",
      target: "practice",
      "question-id": "30-post-targets",
      answer: "n/a",
      note: "practice has no “scripts” at all",
    },
  ],
  [
    "answer KU-2026-0007 34-old-tls YES --really",
    { word: "answer", target: "KU-2026-0007", "question-id": "34-old-tls", answer: "yes", note: "--really" },
  ],
  [
    "plan practice --to 3.4.2 --dry-run --diff previous",
    { word: "plan", environment: "practice", "--to": "3.4.2", "--dry-run": "", "--diff": "previous" },
  ],
  ["note a &lt;b&gt; &amp; c", { word: "note", text: "a <b> & c" }],
])("understands: %s", (line, expected) => {
  expect(parse(line)).toEqual(expected);
});

test.each([
  ["plann practice --to 3.4.2", "Did you mean `plan`?"],
  ["xyzzyq", "I do not know `xyzzyq`. | Words: help,"],
  ["plan practice", "needs `--to`. | Usage: `plan [environment] --to <version>"],
  ["plan practice --to", "`--to` needs a value"],
  ["plan practice --to --order documented", "`--to` needs a value"],
  ["plan practice --too 3.4.2", "Did you mean `--to`?"],
  ["plan practice --to 3.4.2 --order tset-first", "Did you mean `test-first`?"],
  ["plan practice --to 3.4.2 --strategy blue", "Possible: in-place"],
  ["plan practice again --to 3.4.2", "does not understand `again`"],
  ["abort --leave-as-is=yes", "takes no value"],
  ["note", "needs a text. | Usage: `note [target] <text>`"],
  ["note practice", "needs a text"],
  ["note --loud", "has no option `--loud`"],
  ["answer", "needs a question-id. | Usage: `answer [target] <question-id> <yes|no|n/a> [note]`"],
  ["answer 30-post-targets", "needs an answer"],
  ["answer 30-post-targets maybe", "The answer cannot be `maybe`. Possible: yes, no, n/a."],
  ["anser 30-post-targets no", "Did you mean `answer`?"],
  ["plan practice --to 3.4.2 --diff", "`--diff` needs a value"],
  ["plan practice --to 3.4.2 --dry-rn", "Did you mean `--dry-run`?"],
])("answers a mistake: %s", (line, expected) => {
  expect(parse(line)).toContain(expected);
});

test("no line makes the parser throw, and every mistake says what to do", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc
          .array(
            fc.constantFrom(
              "plan",
              "answer",
              "yes",
              "--to",
              "=",
              "“",
              "”",
              "'",
              "—",
              "note",
              "practice",
              "<@U0|",
              ">",
              "&lt;",
              "--",
            ),
          )
          .map((words) => words.join(" ")),
      ),
      (line) => {
        const parsed = parseLine(line, table, environments);
        expect(parsed.kind === "mistake" ? parsed.help : "Usage").toMatch(/Usage|Words/u);
        expect(splitWords(line).every((word) => word.start < line.length)).toBe(true);
      },
    ),
  );
});

describe.each(table.map((command) => [command.word, command] as const))("the word %s", (_, command) => {
  test("has an example that it understands itself, a usage and a summary", () => {
    expect(parseLine(command.example, table, environments).kind).toBe("command");
    expect(usageOf(command).startsWith(command.word)).toBe(true);
    expect(command.summary).not.toBe("");
  });
});
