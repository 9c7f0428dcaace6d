import { describe, expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import { addMs } from "#src/kernel/instant.ts";
import { chainStart, seal } from "#src/record/chain.ts";
import { renderChangeRecord } from "#src/record/markdown/change-record.ts";
import { validateMessage, validateView } from "#src/slack/block-kit/validate.ts";
import { breakGlassDialog, reviewDialog } from "#src/slack/views/break-glass.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { Story, id, request } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  dave,
  erin,
  frank,
  inSlack,
  sampleEnvironment,
  sampleFacts,
} from "#test/support/samples.ts";
import { actionsOf, postOf, postsOf } from "./recorded.ts";
import { hostileTexts } from "./stories.ts";

interface Told {
  readonly reason: string;
  readonly incident: string;
  readonly note: string;
  readonly by: Person;
  readonly reviewer: Person;
}

const plain: Told = {
  reason: "orders fail",
  incident: "INC-4711",
  note: "the dump was good",
  by: frank,
  reviewer: bob,
};

function atGate(): Story {
  const irreversible = quorumPolicy(
    { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 3_600_000 },
    { breakGlass: ["U0FRANK01"] },
  );
  return new Story()
    .must({ ...request, environment: sampleEnvironment({ policies: { irreversible } }) })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
}

function gateOf(story: Story) {
  const current = currentStep(story.active);
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
  const { step, progress } = current;
  return { step, attempt: current.progress.attempt, approval: current.progress.approval, progress };
}

function broken(told: Told = plain): Story {
  const story = atGate();
  const { step, attempt, approval } = gateOf(story);
  return story.must({
    intent: "break_glass",
    stepId: step.id,
    attempt,
    digest: approval.digest,
    person: told.by,
    reason: told.reason,
    incident: told.incident,
    stepUp: "confirm",
    skipped: [carol.userId, erin.userId],
  });
}

const ended = (told?: Told): Story =>
  broken(told).must({ intent: "abort", reason: "", leaveAsIs: true, by: inSlack(alice) });

const reviewed = (told: Told = plain): Story =>
  ended(told).must({ intent: "review_break_glass", note: told.note, by: inSlack(told.reviewer) });

function recordOf(story: Story): readonly RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const { version, at, event } of story.occurred) {
    const previous = events.at(-1)?.hash ?? chainStart(id);
    events.push(seal({ upgradeId: id, version, at, actor: { kind: "bot", replica: "test" }, event, previous }));
  }
  return events;
}

test("T27: a broken glass is told once in the channel without a mention, and directly to each who was not waited for", () => {
  const posts = postsOf(broken());
  const line = posts.filter(({ text }) => text.includes("Glass broken: u0frank01 lets"));
  expect(line).toMatchObject([{ place: "thread", isBroadcast: true, mentions: [] }]);
  const direct = posts.filter(({ place }) => place === "direct");
  expect(direct.map(({ to }) => to)).toEqual([carol.userId, erin.userId]);
  for (const each of direct) {
    expect(each.text).toContain("without your approval");
    expect(each.text).toContain("INC-4711: orders fail");
    expect(each.mentions).toEqual([]);
    expect(actionsOf(each)).toEqual([]);
  }
});

test("card, lists and status carry the badge from the breaking on, with the state of the review", () => {
  expect(postOf(atGate(), "card").text).not.toContain("Glass");
  expect(postOf(broken(), "card").text).toContain("🔨 Glass broken by u0frank01 (INC-4711); review open");
  expect(postOf(reviewed(), "card").text).toContain(
    "🔨 Glass broken by u0frank01 (INC-4711); review closed by u0bob0001",
  );
});

test("the card of an upgrade that has ended says that its review is missing, and of which step", () => {
  expect(postOf(ended(), "card").text).toContain(
    "Next: its review; until then practice takes no new upgrade\nWho must act: somebody who had no part in it, who presses Review in the thread",
  );
  expect(postOf(reviewed(), "card").text).toContain("Who must act: nobody");
  expect(postOf(ended(), "review").text).toContain("“kong migrations finish” by u0frank01");
});

test("the review is offered after the end, in the thread and to those who were not waited for, until it is closed", () => {
  expect(postsOf(broken()).filter(({ key }) => key.startsWith("review"))).toEqual([]);
  const offers = postsOf(ended()).filter(({ key }) => key.startsWith("review"));
  expect(offers.map(({ place, to }) => to ?? place)).toEqual(["thread", carol.userId, erin.userId]);
  for (const each of offers) expect(actionsOf(each)).toEqual(["ku_review"]);
  const closed = postsOf(reviewed()).filter(({ key }) => key.startsWith("review"));
  expect(closed.map(({ key, order }) => [key, order])).toEqual(offers.map(({ key, order }) => [key, order]));
  expect(closed.flatMap(actionsOf)).toEqual([]);
  expect(closed[0]?.text).toContain("is reviewed by u0bob0001");
});

test("a change record says who broke the glass, why, who was not waited for, and who reviewed it", () => {
  const text = renderChangeRecord(recordOf(reviewed()), []);
  for (const part of [
    "Glass broken",
    "INC-4711",
    "orders fail",
    "U0CAROL01, U0ERIN001",
    "Review: reviewed by u0bob0001",
    "the dump was good",
  ])
    expect(text).toContain(part);
  expect(renderChangeRecord(recordOf(ended()), [])).toContain("not reviewed yet");
});

test("a change record says who voted for whom, and who took over from whom", () => {
  const story = atGate();
  story.must({ intent: "delegate_vote", from: carol, to: dave, until: addMs(story.now, 3_600_000) });
  story.must({ intent: "end_delegation", person: carol });
  story.must({ intent: "hand_over", to: bob, by: inSlack(alice) });
  const text = renderChangeRecord(recordOf(story), []);
  expect(text).toMatch(/u0dave001 \(U0DAVE001.*in the place of u0carol01 \(U0CAROL01/u);
  expect(text).toMatch(/not in the place of u0carol01/u);
  expect(text).toMatch(/Handed over to u0bob0001/u);
  expect(text).toMatch(/to u0bob0001 .* instead of u0alice01/u);
});

test("whoever takes over is told directly, and mentioned from then on instead of who started it", () => {
  const story = new Story()
    .must(request)
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) });
  const byHand = story.active.forward.plan.steps.find(({ action }) => action.kind === "manual");
  story.runUntil(byHand?.id);
  expect(postsOf(story).flatMap(({ mentions }) => mentions)).toEqual(["<@U0ALICE01>"]);
  story.must({ intent: "hand_over", to: bob, by: inSlack(alice) });
  const direct = postsOf(story).filter(({ place }) => place === "direct");
  expect(direct).toMatchObject([{ to: bob.userId }]);
  expect(direct[0]?.text).toContain("You run KU-2026-0001");
  expect(postsOf(story).flatMap(({ mentions }) => mentions)).toEqual(["<@U0BOB0001>"]);
});

test("card and status name who votes in whose place until it ends", () => {
  const story = atGate();
  story.must({ intent: "delegate_vote", from: carol, to: dave, until: addMs(story.now, 3_600_000) });
  expect(postOf(story, "card").text).toMatch(/🤝 u0dave001 votes in the place of u0carol01 until <!date/u);
  story.must({ intent: "end_delegation", person: dave });
  expect(postOf(story, "card").text).not.toContain("in the place of");
});

describe.each(hostileTexts)("with a hostile text (%#)", (text) => {
  const evil: Told = {
    reason: text,
    incident: text,
    note: text,
    by: { ...frank, name: text },
    reviewer: { ...bob, name: text },
  };

  test("T30: Slack takes every message and dialog, and none of it acts", () => {
    const story = reviewed(evil);
    const open = broken(evil);
    open.must({ intent: "hand_over", to: { ...bob, name: text }, by: inSlack({ ...alice, name: text }) });
    const gate = gateOf(atGate());
    const { plan } = atGate().active.forward;
    const step = { ...gate.step, title: text, wayBack: text, targets: [text] };
    const glass = {
      upgradeId: id,
      plan: { ...plan, environment: text },
      ...gate,
      step,
      skipped: [text, text],
      skippedNames: [text, text],
      unreadGroups: [text],
    };
    const hostileNames = { person: () => text, group: () => text };
    if (story.upgrade === undefined) throw new Error("nothing");
    const views = [breakGlassDialog(glass, hostileNames), reviewDialog(story.upgrade)];
    expect(views.flatMap((view) => validateView({ ...view }))).toEqual([]);
    const posts = [...postsOf(story), ...postsOf(open), ...postsOf(ended(evil))];
    expect(posts.flatMap((post) => validateMessage(post).map((problem) => ({ key: post.key, problem })))).toEqual([]);
    const shown = posts.map((post) => `${post.text}${JSON.stringify(post.blocks)}`);
    const markup = views.flatMap(({ blocks }) => blocks.filter(({ type }) => type === "section" || type === "context"));
    const strays = [...shown, JSON.stringify(markup)]
      .flatMap((each) => each.match(/<[^<>]*>?/gu) ?? [])
      .filter((token) => !token.startsWith("<!date^") && token !== "<#C0PRACTCE>");
    expect(strays).toEqual([]);
  });
});
