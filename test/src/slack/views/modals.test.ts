import { describe, expect, test } from "vitest";
import { decodeValue, encodeValue, maxQuestionId } from "#src/slack/actions.ts";
import { validateView } from "#src/slack/block-kit/validate.ts";
import { abortModal, answerModal, countAsDoneModal, rejectModal } from "#src/slack/views/modals.ts";
import { alice, inSlack, sampleQuestion } from "#test/support/samples.ts";
import { hostileTexts } from "#test/src/slack/stories.ts";

const value = encodeValue({ upgradeId: "KU-2026-0001", plan: "0123456789abcdef", question: "30-post-targets" });
const before = { answer: "no", note: "", by: inSlack(alice), at: "2026-11-21T03:00:00.000Z" } as const;

test.each([
  ["reject", rejectModal(value)],
  ["count as done", countAsDoneModal(value)],
  ["abort", abortModal(value)],
  ["answer", answerModal(value, sampleQuestion(), undefined)],
  ["answer once more", answerModal(value, sampleQuestion(), before)],
])("Slack takes the dialog to %s", (_, view) => {
  expect(validateView(view)).toEqual([]);
});

describe.each(hostileTexts)("with a hostile question (%#)", (text) => {
  test("Slack takes the dialog, and nothing of it acts", () => {
    const question = sampleQuestion({ id: text, title: text, effect: text, remedy: text });
    const view = answerModal(value, question, before);
    expect(validateView(view)).toEqual([]);
    expect(JSON.stringify(view).match(/<[^<>]*>?/gu) ?? []).toEqual([]);
  });
});

test("the button of a question carries its id and the plan's digest, and nothing else is read from it", () => {
  expect(decodeValue(value)).toEqual({
    upgradeId: "KU-2026-0001",
    plan: "0123456789abcdef",
    question: "30-post-targets",
  });
  const id = "\u0001".repeat(maxQuestionId);
  const longest = encodeValue({ upgradeId: "KU-2026-0001", plan: "0123456789abcdef", question: id });
  expect(longest.length).toBeLessThan(2_000);
  expect(decodeValue(longest)?.question).toBe(id);
  expect(decodeValue('{"u":"KU-2026-0001","q":"30-post-targets"}')).toBeUndefined();
  expect(decodeValue('{"u":"KU-2026-0001","p":"0123456789abcdef","q":"a","s":"b"}')).toBeUndefined();
});
