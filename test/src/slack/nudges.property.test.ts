import fc from "fast-check";
import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import { dueNudge } from "#approvals/reminders.ts";
import { toldAmong, wantedAmong } from "#approvals/wanted.ts";
import type { DesiredPost } from "#src/slack/delivery/desired-post.ts";
import { policyMentions } from "#src/slack/views/names.ts";
import { pendingApproval, askedOf } from "#src/upgrade/pending.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { Story, envelope, request } from "#test/support/given.ts";
import { alice, carol, dave, erin, frank, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";
import { actionsOf, postsOf } from "./recorded.ts";

const minuteMs = 60_000;
const people = [alice, carol, dave, erin, frank];
const policy = quorumPolicy(
  { users: [erin.userId], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 120 * minuteMs },
  {
    reminders: { everyMs: 10 * minuteMs, atMost: 4 },
    escalations: [{ afterMs: 15 * minuteMs, users: [frank.userId, dave.userId], groups: [] }],
  },
);
const environment = sampleEnvironment({ policies: { irreversible: policy } });

type Happening =
  | { readonly kind: "nudge" | "tick" | "retry" | "cancel" | "void" | "pause" | "resume" }
  | { readonly kind: "wait"; readonly minutes: number }
  | { readonly kind: "approve" | "reject" | "withdraw"; readonly who: number }
  /** Slack takes some of what should be there, in any order. */
  | { readonly kind: "send"; readonly picks: readonly number[] };

const who = fc.nat(people.length - 1);
const happenings = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: "nudge" } as const) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 40 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("send" as const), picks: fc.array(fc.nat(20), { maxLength: 6 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("approve" as const, "withdraw", "reject"), who }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom("tick" as const, "retry", "cancel", "void", "pause", "resume") }),
    },
  ),
  { minLength: 6, maxLength: 20 },
);

function atGate(): Story {
  return new Story()
    .must({ ...request, environment })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
}

/** Says what happened; a refusal changes nothing. */
function happen(story: Story, happening: Exclude<Happening, { kind: "send" }>): void {
  const by = inSlack(alice);
  if (happening.kind === "wait") {
    story.wait(happening.minutes * minuteMs);
    return;
  }
  if (happening.kind === "tick" || happening.kind === "resume") {
    story.say(happening.kind === "tick" ? { intent: "tick" } : { intent: "resume", by });
    return;
  }
  const current = story.upgrade?.status === "active" ? currentStep(story.upgrade) : undefined;
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) return;
  const { attempt, approval } = current.progress;
  const ref = { stepId: current.step.id, attempt };
  const { digest } = approval;
  const voter = ("who" in happening ? people[happening.who] : undefined) ?? carol;
  switch (happening.kind) {
    case "nudge":
      nudge(story);
      return;
    case "approve":
    case "reject":
      story.say({ intent: "vote", ...ref, voter, decision: happening.kind, digest, reason: "because" });
      return;
    case "withdraw":
      story.say({ intent: "withdraw_vote", ...ref, voter, digest });
      return;
    case "cancel":
      story.say({ intent: "cancel_request", ...ref, digest, reason: "later", by });
      return;
    case "retry":
      story.say({ intent: "retry", ...ref, by });
      return;
    case "pause":
      story.say({ intent: "pause", reason: "", by });
      return;
    case "void": {
      const gone = people.map((person) => ({ ...person, isDeactivated: person === erin, groups: person.groups }));
      story.say({ intent: "recheck_approval", ...ref, people: gone, envelope, checkedAt: story.now });
    }
  }
}

/** What the conductor records when it looks; twice, because there may be two. */
function nudge(story: Story): void {
  const pending = story.upgrade === undefined ? undefined : pendingApproval(story.upgrade);
  if (pending === undefined) return;
  const due = dueNudge(pending.approval.policy, pending.approval, story.now);
  if (due === undefined) return;
  const { kind, number } = due;
  const asked = askedOf(pending);
  const to =
    kind === "escalation"
      ? toldAmong(asked, [frank, dave], story.now)
      : wantedAmong(asked, people, story.now).map(({ userId }) => ({ userId, mayVote: true }));
  const { step, attempt } = pending;
  for (let replica = 0; replica < 2; replica += 1)
    story.say({ intent: "remind", stepId: step.id, attempt, nudge: { kind, number }, to });
}

const isDirect = ({ place }: DesiredPost): boolean => place === "direct";
const mentioned = policyMentions(policy);

test("nobody is reminded after the decision or twice for one nudge, and the channel hears of a request once", () => {
  let reminders = 0;
  fc.assert(
    fc.property(happenings, (all) => {
      const story = atGate();
      const sent = new Map<string, DesiredPost>();
      for (const happening of all) {
        if (happening.kind !== "send") {
          happen(story, happening);
          continue;
        }
        const desired = postsOf(story);
        const waiting = desired.filter((post) => !sent.has(post.key) && post.isOver !== true);
        const direct = waiting.filter(isDirect);
        const open = story.upgrade === undefined ? undefined : pendingApproval(story.upgrade);
        const ofOpen = `-${open?.step.id}-${open?.attempt}-`;
        expect(direct.filter(({ key }) => open === undefined || !key.includes(ofOpen))).toEqual([]);
        const voters = new Set(open?.approval.ballots.map(({ voter }) => voter.userId));
        expect(direct.filter(({ to }) => voters.has(to ?? ""))).toEqual([]);
        for (const post of waiting.filter((each) => !isDirect(each))) sent.set(post.key, post);
        for (const pick of happening.picks) {
          const post = direct[pick % Math.max(1, direct.length)];
          if (post !== undefined) sent.set(post.key, post);
        }
        reminders += happening.picks.length > 0 ? direct.length : 0;
        // Of what one person got about one request, only the newest message has buttons.
        const live = desired.filter((post) => isDirect(post) && actionsOf(post).length > 0);
        expect(new Set(live.map(({ to }) => to)).size).toBe(live.length);
      }
      const requests = story.events.filter(({ type }) => type === "approval_requested").length;
      const pings = [...sent.values()].filter(({ mentions }) => mentions.some((each) => mentioned.includes(each)));
      expect(pings.length).toBeLessThanOrEqual(requests);
      expect(pings.every(({ key }) => key.startsWith("approval-"))).toBe(true);
      const keys = postsOf(story).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      const nudges = story.events.flatMap((event) =>
        event.type === "approvers_reminded"
          ? event.to.map(
              ({ userId }) => `${event.stepId}/${event.attempt}/${event.nudge.kind}/${event.nudge.number}/${userId}`,
            )
          : [],
      );
      expect(new Set(nudges).size).toBe(nudges.length);
    }),
    { numRuns: 50 },
  );
  expect(reminders).toBeGreaterThan(10);
});
