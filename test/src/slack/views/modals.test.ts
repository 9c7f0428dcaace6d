import type { ModalView } from "@slack/types";
import { describe, expect, test } from "vitest";
import type { Policy } from "#approvals/policy.ts";
import { decodeValue, encodeValue, maxQuestionId } from "#src/slack/actions.ts";
import { validateView } from "#src/slack/block-kit/validate.ts";
import { cancelStepModal } from "#src/slack/views/cancel-step.ts";
import { abortModal, answerModal, countAsDoneModal } from "#src/slack/views/modals.ts";
import { approveModal, cancelRequestModal, rejectModal } from "#src/slack/views/vote-dialogs.ts";
import type { AskedVote } from "#src/slack/views/vote-dialogs.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { strict } from "#test/src/slack/gate-stories.ts";
import { started } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";
import { alice, inSlack, sampleQuestion } from "#test/support/samples.ts";
import { hostileTexts } from "#test/src/slack/stories.ts";

const value = encodeValue({ upgradeId: "KU-2026-0001", plan: "0123456789abcdef", question: "30-post-targets" });
const before = { answer: "no", note: "", by: inSlack(alice), at: "2026-11-21T03:00:00.000Z" } as const;

test.each([
  ["count as done", countAsDoneModal(value)],
  ["abort", abortModal(value)],
  ["cancel a step", cancelStepModal(value, { title: "x".repeat(300) }, "y".repeat(900))],
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

const { plan } = started().active.forward;
const step = plan.steps.find(({ id }) => id === "migrations-finish");
const approval = currentApproval(strict());

function currentApproval(story: Story): ApprovalRequest {
  const progress = currentStep(story.active)?.progress;
  if (progress?.kind !== "ready" || progress.approval === undefined) throw new Error("no request");
  return progress.approval;
}

function askedOf(text: string, policy: Partial<Policy>): AskedVote {
  if (step === undefined) throw new Error("no such step");
  const hostile = text === "" ? step : { ...step, title: text, wayBack: text };
  return {
    value,
    environment: text === "" ? "practice" : text,
    step: hostile,
    approval: { ...approval, policy: { ...approval.policy, ...policy } },
  };
}

/** The blocks of a dialog that ask for something, and whether they may be left empty. */
function inputsOf(view: ModalView): readonly string[] {
  return view.blocks.flatMap((block) =>
    block.type === "input" ? [`${block.block_id}${"optional" in block && block.optional ? "?" : ""}`] : [],
  );
}

test.each([
  ["none", [], ["words?"]],
  ["none", ["approve"], ["words"]],
  ["confirm", [], ["words?", "environment"]],
  ["totp", ["approve"], ["words", "environment", "code"]],
] as const)("the dialog for proof %s with reasons for %j asks for exactly %j", (stepUp, reasonRequired, inputs) => {
  const view = approveModal(askedOf("", { stepUp, reasonRequired }));
  expect(validateView(view)).toEqual([]);
  expect(inputsOf(view)).toEqual(inputs);
  expect(JSON.stringify(view)).toContain("migrations finish");
});

test("a rejection may be without a word only where the policy says so", () => {
  expect(inputsOf(rejectModal(askedOf("", { reasonRequired: ["reject"] })))).toEqual(["words"]);
  expect(inputsOf(rejectModal(askedOf("", { reasonRequired: [] })))).toEqual(["words?"]);
});

test.each(hostileTexts)(
  "Slack takes the dialogs of a vote with hostile texts, and nothing of them acts (%#)",
  (text) => {
    for (const view of [approveModal(askedOf(text, {})), rejectModal(askedOf(text, {})), cancelRequestModal(value)]) {
      expect(validateView(view)).toEqual([]);
      // Plain text, as in a hint, is never read as markup.
      const markup = view.blocks.filter(({ type }) => type === "section");
      const tokens = JSON.stringify(markup).match(/<[^<>]*>?/gu) ?? [];
      expect(tokens.filter((token) => !token.startsWith("<!date^"))).toEqual([]);
    }
  },
);

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
