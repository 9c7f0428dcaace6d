import { expect, test } from "vitest";
import { postOf, recordOf } from "#test/src/slack/recorded.ts";
import { delegate, lookAgain, vote, waitingForApproval } from "#test/src/upgrade/at-gate.ts";
import type { Story } from "#test/support/given.ts";
import { carol, erin, frank } from "#test/support/samples.ts";

/** What the thread says of the votes that were lost. */
function said(story: Story): string {
  const lost = recordOf(story).findLast(({ event }) => event.type === "approval_voided");
  return postOf(story, `line-${lost?.version ?? 0}`).text;
}

function granted(): Story {
  const story = waitingForApproval();
  for (const voter of [carol, erin]) expect(vote(story, voter)).toBeUndefined();
  return story;
}

test("whose vote does not count any more, and why, is said by name and in words", () => {
  const left = granted();
  expect(lookAgain(left, [{ ...carol, groups: [] }, erin])).toBeUndefined();
  expect(said(left)).toBe(
    "♻️ Approval of “kong migrations finish” is open again: the vote of u0carol01 does not count any more (in no list of its policy now)",
  );
  const gone = granted();
  expect(
    lookAgain(gone, [
      { ...carol, isDeactivated: true },
      { ...erin, isGuest: true },
    ]),
  ).toBeUndefined();
  expect(said(gone)).toContain("u0carol01 does not count any more (deactivated), that of u0erin001 (a guest)");
});

test("a vote that was lost with its delegation says so", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank)).toBeUndefined();
  expect(vote(story, frank, [carol])).toBeUndefined();
  story.must({ intent: "end_delegation", person: carol });
  expect(said(story)).toContain(
    "the vote of u0frank01 does not count any more (the delegation by U0CAROL01 was ended)",
  );
});
