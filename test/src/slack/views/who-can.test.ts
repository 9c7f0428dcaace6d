import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { helpOf, standingAfter, whoCan } from "#src/slack/views/who-can.ts";
import { asked, strict, voteOf } from "#test/src/slack/gate-stories.ts";
import { names } from "#test/src/slack/recorded.ts";
import type { Story } from "#test/support/given.ts";
import { alice, carol, dave, dora, erin, eve, frank, gina, mallory, person } from "#test/support/samples.ts";

const called = (who: typeof carol, name: string): Person => ({ ...who, name });
const roster = [
  called(alice, "alice"),
  called(carol, "carol"),
  called(dave, "dave"),
  called(erin, "erin"),
  called(dora, "dora"),
];

function approvalOf(story: Story): ApprovalRequest {
  const progress = currentStep(story.active)?.progress;
  if (progress?.kind !== "ready" || progress.approval === undefined) throw new Error("no request");
  return progress.approval;
}

function candidates(story: Story, people: readonly Person[] = roster) {
  return { approval: approvalOf(story), delegations: story.active.delegations, roster: people, now: story.now };
}

/** What a person is told who votes now: why not, and what would help. */
function told(story: Story, voter: Person, over: Partial<Extract<Intent, { intent: "vote" }>> = {}): string {
  const refusal = story.say(voteOf(story, voter, over));
  if (refusal === undefined) throw new Error("it was not refused");
  return said(story, refusal);
}

function said(story: Story, refusal: Refusal): string {
  return `${refusal.sentence}\n${helpOf(refusal, candidates(story), names)}`;
}

function halfApproved(): Story {
  const story = asked();
  return story.must(voteOf(story, carol));
}

test("whoever asked for it is told that, and who can give what is missing", () => {
  expect(told(halfApproved(), alice)).toBe(
    "You asked for this upgrade, or for this attempt, so you cannot approve it.\n1 more of @kong-approvers, erin is needed: dave and erin can.",
  );
});

test.each([
  ["is not named", frank, "are not named as an approver"],
  ["only looks like an approver", mallory, "A display name does not count"],
  ["is a guest", gina, "Guests cannot approve."],
  ["is of another organisation", eve, "another organisation"],
  ["is deactivated", dora, "deactivated"],
  ["is a bot", person("U0BOT0009", { isBot: true, groups: ["S0APPROVE"] }), "Bots cannot approve."],
] as const)("whoever %s is told so, and who can", (_, who, why) => {
  const text = told(asked(), who);
  expect(text).toContain(why);
  expect(text).toContain("2 more of @kong-approvers, erin are needed: carol, dave and erin can.");
  expect(text).not.toContain("The request names the people");
});

test("whoever could not be looked up is told to click again, and who can besides", () => {
  const text = told(asked(), { kind: "unknown", userId: "U0CAROL01", problem: "timeout" });
  expect(text).toContain("carol, dave and erin can.\nPlease click again in a moment.");
});

test("whoever has voted is told that it counts, and is not named once more", () => {
  const text = told(halfApproved(), carol);
  expect(text).toContain("Your vote is already counted.");
  expect(text).toContain("dave and erin can.");
});

test("whoever handed their vote on is told to whom and how to end that, and the other is named in their place", () => {
  const story = strict();
  story.must({
    intent: "delegate_vote",
    from: called(carol, "carol"),
    to: called(frank, "frank"),
    until: "2026-11-21T12:00:00.000Z",
  });
  const text = told(story, carol, { stepUp: "totp", reason: "seen" });
  expect(text).toContain("votes in your place until 2026-11-21T12:00:00.000Z");
  expect(text).toContain("`/kong-upgrade delegate --end`");
  expect(text).toContain("are needed: dave, erin and frank can.");
});

test("a vote without the proof that the policy wants is told what it takes", () => {
  expect(told(strict(), carol, { reason: "seen" })).toContain("This step takes more than a click: totp.");
});

test("whoever approved the last irreversible step is told that others are needed, and is not named", () => {
  const story = asked();
  const approval = { ...approvalOf(story), earlierVoterIds: ["U0CAROL01"] };
  expect(whoCan({ ...candidates(story), approval }, names)).toContain(": dave and erin can.");
});

test("what is decided, outdated or over names nobody who could still approve", () => {
  const rejected = asked();
  rejected.must(voteOf(rejected, carol, { decision: "reject", reason: "no" }));
  expect(told(rejected, erin)).toContain(
    "Already rejected by <@U0CAROL01>.\nIt can be asked again with `/kong-upgrade retry`.",
  );
  const over = asked().wait(7_200_000).must({ intent: "tick" });
  expect(told(over, erin)).toContain("This request has expired.\nIt can be asked again");
  const granted = halfApproved();
  granted.must(voteOf(granted, erin));
  expect(told(granted, dave)).toContain("Already approved by <@U0CAROL01>, <@U0ERIN001>.");
  expect(told(asked(), carol, { digest: `sha256:${"0".repeat(64)}` })).toContain("outdated");
});

test("at most five people are named", () => {
  const many = Array.from({ length: 8 }, (_, index) =>
    person(`U0MANY00${index}`, { name: `m${index}`, groups: ["S0APPROVE"] }),
  );
  expect(whoCan(candidates(asked(), many), names)).toContain("are needed: m0, m1, m2, m3, m4 and 3 more can.");
});

test("two accounts of one human are one candidate", () => {
  const twice = [
    { ...carol, name: "carol", human: "carol" },
    { ...carol, userId: "U0CAROL02", name: "carol-2", human: "carol" },
  ];
  expect(whoCan(candidates(asked(), twice), names)).toContain("are needed: carol can.");
});

test("where nobody can, that is said instead of a name", () => {
  expect(whoCan(candidates(asked(), [called(alice, "alice")]), names)).toContain("nobody who is named can");
});

test("a hostile name acts on nothing", () => {
  const evil = [{ ...carol, name: "<!channel> `x`" }];
  expect(whoCan(candidates(asked(), evil), names)).toContain("&lt;!channel&gt;");
});

test("after a vote the voter hears what is missing, or when the step starts", () => {
  const half = halfApproved();
  expect(standingAfter(approvalOf(half), half.now, names)).toContain("Still missing: 1 more of @kong-approvers, erin;");
  const whole = half.must(voteOf(half, erin));
  expect(standingAfter(approvalOf(whole), whole.now, names)).toContain("The step starts by itself, at the latest ");
  const closed = strict();
  for (const voter of [carol, erin]) closed.must(voteOf(closed, voter, { stepUp: "totp", reason: "seen" }));
  expect(standingAfter(approvalOf(closed), closed.now, names)).toContain(
    "The step starts only every day 22:00–03:00 (Europe/Berlin); next opening ",
  );
});
