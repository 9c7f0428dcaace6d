import fc from "fast-check";
import { expect, test } from "vitest";
import { exportRecord } from "#src/record/export.ts";
import { codeBlock, escapeText, inlineCode } from "#src/report/foreign-text.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import type { AnswerKind } from "#src/upgrade/answers.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { addMs } from "#src/kernel/instant.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { Story, report, request, started } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  dave,
  erin,
  factsWith,
  inSlack,
  sampleEnvironment,
  sampleFacts,
  sampleQuestion,
} from "#test/support/samples.ts";
import { checkpointAt, completedRecord, recordWithNotes, sealStory } from "./sealed.ts";

const key = generateKey();

const answer = (questionId: string, given: AnswerKind, note: string): IntentOf<"answer_question"> => ({
  intent: "answer_question",
  questionId,
  answer: given,
  note,
  by: inSlack(bob),
});

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

test("the change record has every question with its answer, who gave it and when, and what was answered before", () => {
  const hostile = "x | y\n## Forged <img src=x>";
  const questions = [sampleQuestion(), sampleQuestion({ id: "34-old-tls" }), sampleQuestion({ id: "never-answered" })];
  const story = new Story()
    .must(request)
    .must({ intent: "report_survey", facts: factsWith(questions) })
    .must(answer("30-post-targets", "no", ""))
    .wait(60_000)
    .must(answer("30-post-targets", "yes", hostile))
    .must(answer("34-old-tls", "not_applicable", "no clients"));
  const { markdown } = exportRecord(sealStory(story, "KU-2026-0001"), [], []);
  const lines = markdown.split("\n");
  const section = lines.slice(lines.indexOf("## Questions and answers") + 2).slice(0, 4);
  expect(section).toEqual([
    expect.stringMatching(
      /^- `30-post-targets` \*\*Do scripts .*\*\* \*\*yes\*\* by u0bob0001 .* at 2026-11-21T03:01:00\.000Z \(event 5\): x .* It hits \(changes behaviour\)\.$/u,
    ),
    expect.stringMatching(/^ {2}- replaced: \*\*no\*\* by u0bob0001 .* at 2026-11-21T03:00:00\.000Z \(event 4\)$/u),
    expect.stringMatching(/^- `34-old-tls` .* \*\*not applicable\*\* by .*: no clients\.$/u),
    expect.stringMatching(/^- `never-answered` .* no answer\.$/u),
  ]);
  expect(lines.filter((line) => line.startsWith("## Forged") || line.includes("<img"))).toEqual([]);
  expect(markdown).toContain("question answered `34-old-tls`: not applicable");
});

test("the change record tells with what each vote was proven, and in whose place it was given", () => {
  const story = started().runUntilIrreversible();
  const progress = currentStep(story.active)?.progress;
  if (progress?.kind !== "ready" || progress.approval === undefined) throw new Error("no gate is open");
  const ref = { stepId: currentStep(story.active)?.step.id ?? "", attempt: 1, digest: progress.approval.digest };
  story
    .must({ intent: "delegate_vote", from: carol, to: dave, until: addMs(story.now, 60_000) })
    .must({ intent: "vote", ...ref, voter: dave, decision: "approve", stepUp: "totp", onBehalfOf: [carol] })
    .must({ intent: "vote", ...ref, voter: erin, decision: "reject", reason: "not tonight" });
  const { markdown } = exportRecord(sealStory(story, "KU-2026-0001"), [], []);
  expect(markdown).toMatch(/u0dave001 .*voted \*\*approve\*\* in the place of u0carol01 .* step-up totp$/mu);
  expect(markdown).toMatch(/u0erin001 .*voted \*\*reject\*\* on .* step-up none, reason: not tonight$/mu);
});

test("the change record names the host, container or pod of each command, and how the plan wanted it where no report says", () => {
  const transport = { kind: "ssh", host: "10.0.0.11", user: "kong" } as const;
  const environment = sampleEnvironment();
  const nodes = environment.nodes.map((node) => ({ ...node, transport }));
  const story = new Story()
    .must({ ...request, environment: { ...environment, nodes } })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntil("stop-kong-1");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  const ran = { timedOut: false, exitCode: 0, durationMs: 5 };
  const commands = [
    { target: "kong-1", argv: ["kong", "drain"], ...ran },
    { target: "kong-1", via: "kubectl exec kong-7f [x](http://evil)", argv: ["kong", "quit"], ...ran },
    { target: "runner", argv: ["true"], ...ran },
  ];
  story
    .must({ intent: "start_step", ...ref, digest: todo.digest })
    .must({ intent: "finish_step", ...ref, report: report("done", { commands }) });
  const { markdown } = exportRecord(sealStory(story, "KU-2026-0001"), [], []);
  expect(markdown.split("\n").filter((line) => line.startsWith("  - on "))).toEqual([
    "  - on kong-1 by ssh kong\\@10.0.0.11: `kong drain` → exit 0, 5 ms",
    expect.stringMatching(/^ {2}- on kong-1 by kubectl exec kong-7f \\\[x\\\]\(http.*: `kong quit` → exit 0, 5 ms$/u),
    "  - on runner: `true` → exit 0, 5 ms",
  ]);
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
