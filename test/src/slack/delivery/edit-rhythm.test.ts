import { expect, test } from "vitest";
import { Budget, slackPace } from "#src/slack/delivery/budget.ts";
import { post } from "#src/slack/delivery/desired-post.ts";
import { EditRhythm } from "#src/slack/delivery/edit-rhythm.ts";
import { editBurst } from "#src/slack/delivery/delivery.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";

const card = post({ key: "card", order: 1, place: "channel", urgency: "card" }, { text: "card", blocks: [] });
const line = post({ key: "line", order: 2 }, { text: "line", blocks: [] });
const prompt = post({ key: "prompt", order: 3, urgency: "approval", isPrompt: true }, { text: "prompt", blocks: [] });

/** A lane for each upgrade, all of which share Slack's limit of edits, at one clock. */
function manyCards(count: number) {
  const clock = { nowMs: 1_000_000 };
  const edits = new Budget({ everyMs: slackPace.allEditsEveryMs, burst: editBurst }, clock.nowMs);
  const lanes = Array.from({ length: count }, (_, index) => ({
    id: upgradeIdSchema.parse(`KU-2026-${String(index + 1).padStart(4, "0")}`),
    rhythm: new EditRhythm({ pace: slackPace, edits, now: () => clock.nowMs }),
    edited: [] as number[],
  }));
  const edit = ({ id, rhythm, edited }: (typeof lanes)[number], key: string): void => {
    edits.take(clock.nowMs);
    rhythm.sent(id, key);
    edited.push(clock.nowMs);
  };
  return { clock, lanes, edit };
}

/** All cards change all the time; whoever may edits, in turns. */
function letRun({ clock, lanes, edit }: ReturnType<typeof manyCards>, durationMs: number): void {
  for (const end = clock.nowMs + durationMs; clock.nowMs < end; clock.nowMs += 100) {
    const waiting = lanes.toSorted((left, right) => (left.edited.at(-1) ?? 0) - (right.edited.at(-1) ?? 0));
    for (const lane of waiting) if (isDue(lane, card)) edit(lane, "card");
  }
}

function isDue({ id, rhythm }: { readonly id: UpgradeId; readonly rhythm: EditRhythm }, asked: typeof card): boolean {
  return rhythm.dueAt(id, asked) === 0;
}

test("the cards of many upgrades share what Slack takes in a minute, and each has its turn", () => {
  const all = manyCards(50);
  letRun(all, 5 * 60_000);
  const edits = all.lanes.flatMap(({ edited }) => edited).toSorted((left, right) => left - right);
  // chat.update, tier 3: some fifty a minute, of which some are left for what nobody may wait for.
  const most = Math.max(...edits.map((from) => edits.filter((at) => at >= from && at < from + 60_000).length));
  expect(most).toBeLessThanOrEqual(45);
  for (const { edited } of all.lanes) expect(edited.length).toBeGreaterThan(1);
});

test("what people wait for is edited at once, whatever is left; lines wait", () => {
  const all = manyCards(50);
  letRun(all, 2 * 60_000);
  const [lane] = all.lanes;
  if (lane === undefined) throw new Error("no lane");
  expect(isDue(lane, prompt)).toBe(true);
  expect(isDue(lane, line)).toBe(false);
});

test("the card of a single upgrade keeps its pace of some seconds", () => {
  const all = manyCards(1);
  letRun(all, 60_000);
  expect(all.lanes[0]?.edited.length).toBeGreaterThanOrEqual(19);
});
