import { expect, test } from "vitest";
import { addMs } from "#src/kernel/instant.ts";
import { homeView } from "#src/slack/views/home.ts";
import { validateView } from "#src/slack/block-kit/validate.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { nothingWaits, waitingFor } from "#src/upgrade/waiting.ts";
import { started } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";
import { alice, bob, carol, dave, dora, erin, eve, frank, gina, inSlack } from "#test/support/samples.ts";
import { names } from "#test/src/slack/recorded.ts";

function asked(): Story {
  return started().runUntilIrreversible();
}

function upgradeOf({ upgrade }: Story): Upgrade {
  if (upgrade === undefined) throw new Error("nothing happened");
  return upgrade;
}

/** The glass was broken by frank, and the upgrade is over. */
function unreviewed(): Story {
  const story = asked();
  const { step, progress } = currentStep(story.active) ?? {};
  if (step === undefined || progress?.kind !== "ready" || progress.approval === undefined) throw new Error("no gate");
  return story
    .must({
      intent: "break_glass",
      stepId: step.id,
      attempt: progress.attempt,
      digest: progress.approval.digest,
      person: frank,
      reason: "prod is down",
      incident: "INC-4711",
      stepUp: "none",
      skipped: [carol.userId],
    })
    .must({ intent: "abort", reason: "over", leaveAsIs: true, by: inSlack(alice) });
}

type Shown = Parameters<typeof homeView>[0];
const served = { unserved: new Map(), withoutRunner: [] } as const;

const shown = (content: Pick<Shown, "waiting" | "open" | "recent"> & Partial<Shown>): string =>
  JSON.stringify(homeView({ ...served, ...content }, names).blocks);

test("guests, deactivated people, people of other organisations and those who cannot be looked up see nothing that waits", () => {
  const story = asked();
  const unknown = { kind: "unknown", userId: "U0CAROL01", problem: "away" } as const;
  for (const person of [gina, dora, eve, unknown])
    expect(waitingFor(person, [upgradeOf(story)], story.now)).toEqual(nothingWaits);
});

test("a review waits for those who had no part in it, until somebody has written it", () => {
  const story = unreviewed();
  const reviewsOf = (person: typeof alice) => waitingFor(person, [upgradeOf(story)], story.now).reviews;
  expect(reviewsOf(bob)).toHaveLength(1);
  expect(reviewsOf(alice)).toEqual([]);
  expect(reviewsOf(frank)).toEqual([]);
  const waiting = waitingFor(bob, [upgradeOf(story)], story.now);
  expect(shown({ waiting, open: [], recent: [] })).toContain(
    "waits for a review: u0frank01 broke the glass (INC-4711)",
  );
  story.must({ intent: "review_break_glass", note: "looked at it", by: inSlack(bob) });
  expect(reviewsOf(erin)).toEqual([]);
});

test("votes that were handed on are shown to both sides, while they hold", () => {
  const story = asked();
  const until = addMs(story.now, 60_000);
  story.must({ intent: "delegate_vote", from: carol, to: erin, until });
  const textOf = (person: typeof alice, now = story.now): string =>
    shown({ waiting: waitingFor(person, [upgradeOf(story)], now), open: [], recent: [] });
  expect(textOf(carol)).toContain("u0erin001 votes in your place");
  expect(textOf(carol)).not.toContain("ku_approve");
  expect(textOf(erin)).toContain("You vote in the place of u0carol01");
  expect(textOf(erin)).toContain("ku_approve");
  expect(textOf(dave)).not.toContain("in the place of");
  expect(textOf(carol, addMs(until, 1))).not.toContain("votes in your place");
});

test("Slack takes the home of somebody for whom far too much waits, and says how much is left out", () => {
  const story = asked();
  story.must({ intent: "delegate_vote", from: carol, to: erin, until: addMs(story.now, 60_000) });
  const open = Array.from({ length: 50 }, () => upgradeOf(story));
  const steps = Array.from({ length: 50 }, () => upgradeOf(started()));
  const recent = Array.from({ length: 50 }, () => upgradeOf(unreviewed()));
  const waiting = waitingFor(erin, [...open, ...steps, ...recent], story.now);
  const withoutRunner = Array.from({ length: 50 }, () => "no runner is there");
  const view = homeView({ ...served, waiting, open: [...open, ...steps], recent, withoutRunner }, names);
  expect(validateView(view)).toEqual([]);
  expect(JSON.stringify(view)).toContain("…38 more");
});

test("where no runner takes an upgrade it says whom it takes and what to start, and never “nobody”", () => {
  const open = [upgradeOf(started())];
  const base = { waiting: nothingWaits, open, recent: [] };
  expect(shown(base)).toContain("Who must act: nobody");
  const start = "no runner of practice is alive; start one: kong-upgrade runner --environment practice";
  const text = shown({
    ...base,
    unserved: new Map(open.map(({ id }) => [id, start])),
    withoutRunner: ["no runner of prod"],
  });
  expect(text).not.toContain("nobody");
  expect(text).toContain("Waits for a runner, and none is there");
  expect(text).toContain(start);
  expect(text).toMatch(/Without a runner.*no runner of prod/u);
});
