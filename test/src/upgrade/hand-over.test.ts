import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import { addMs } from "#src/kernel/instant.ts";
import { ownerOf, requesterIdsOf } from "#src/upgrade/state.ts";
import { Story, request } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  dave,
  erin,
  frank,
  gina,
  inSlack,
  mallory,
  sampleEnvironment,
  sampleFacts,
} from "#test/support/samples.ts";
import { gateOf, handOver, hourMs, lookAgain, outcome, vote, waitingForApproval } from "./at-gate.ts";

test("an upgrade can be handed over while it is looked at, planned and executed, and stays handed over", () => {
  const environment = sampleEnvironment();
  const story = new Story().must({ ...request, environment });
  expect(handOver(story, bob)).toBeUndefined();
  story.must({ intent: "report_survey", facts: sampleFacts() });
  if (story.upgrade === undefined) throw new Error("nothing");
  expect(ownerOf(story.upgrade)).toEqual(inSlack(bob));
  expect(handOver(story, frank, bob)).toBeUndefined();
  story.must({ intent: "start", by: inSlack(frank) }).runUntilIrreversible();
  expect(handOver(story, erin, frank)).toBeUndefined();
  expect(ownerOf(story.active)).toEqual(inSlack(erin));
  const excluded = [alice, bob, frank, erin].map(({ userId }) => userId);
  expect(requesterIdsOf(story.active).toSorted()).toEqual(excluded.toSorted());
  for (const voter of [alice, erin]) expect(vote(story, voter)).toMatchObject({ code: "ineligible" });
});

test("T02: the new owner is excluded at the gate that is open, the old one stays so, and at every later gate", () => {
  const story = waitingForApproval();
  expect(vote(story, carol)).toBeUndefined();
  expect(handOver(story, frank)).toBeUndefined();
  expect(gateOf(story).approval.requesterIds).toEqual(expect.arrayContaining([alice.userId, frank.userId]));
  expect(vote(story, frank)).toMatchObject({ code: "ineligible" });
  expect(vote(story, alice)).toMatchObject({ code: "ineligible" });
  expect(vote(story, erin)).toBeUndefined();
  expect(outcome(story)).toBe("granted");
});

test("T02: whoever started or turned back is excluded as who planned is", () => {
  const story = new Story()
    .must(request)
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(carol) })
    .runUntilIrreversible();
  for (const voter of [alice, carol]) expect(vote(story, voter)).toMatchObject({ code: "ineligible" });
  expect(vote(story, dave)).toBeUndefined();
  story.must({ intent: "roll_back", reason: "slow", by: inSlack(erin) });
  const excluded = [alice, carol, erin].map(({ userId }) => userId);
  expect(requesterIdsOf(story.active).toSorted()).toEqual(excluded.toSorted());
});

test("nobody takes over what they voted on, and only operators take over", () => {
  const open = sampleEnvironment();
  const story = new Story()
    .must({ ...request, environment: open })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
  expect(vote(story, carol)).toBeUndefined();
  expect(handOver(story, carol)).toMatchObject({ code: "not_now" });
  expect(handOver(story, gina)).toMatchObject({ code: "not_allowed" });
  expect(handOver(story, alice)).toMatchObject({ code: "already_done" });
  expect(handOver(waitingForApproval(), mallory)).toMatchObject({ code: "not_allowed" });
});

test("T02: a vote in the place of somebody who takes over does not count any more", () => {
  const irreversible = quorumPolicy({ users: [], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 24 * hourMs });
  const story = new Story()
    .must({ ...request, environment: sampleEnvironment({ policies: { irreversible } }) })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
  const third: Person = { ...bob, userId: "U0THIRD01", groups: ["S0APPROVE"] };
  story.must({ intent: "delegate_vote", from: carol, to: third, until: addMs(story.now, hourMs) });
  expect(vote(story, dave)).toBeUndefined();
  expect(vote(story, third, [carol])).toBeUndefined();
  expect(outcome(story)).toBe("granted");
  expect(handOver(story, carol)).toBeUndefined();
  expect(outcome(story)).toBe("open");
  expect(lookAgain(story, [dave, { ...third, groups: [] }, carol])).toMatchObject({ code: "outdated" });
});
