import fc from "fast-check";
import { expect, test } from "vitest";
import type { DesiredPost } from "#src/slack/delivery/desired-post.ts";
import { desiredPosts } from "#src/slack/delivery/desired-posts.ts";
import type { PostRow } from "#src/slack/delivery/post-store.ts";
import type { Beside } from "#src/slack/delivery/thread.ts";
import { newWork, nextTask, noteRow, redraw } from "#src/slack/delivery/work.ts";
import type { UpgradeWork } from "#src/slack/delivery/work.ts";
import type { EventType, RecordedEvent } from "#src/upgrade/events.ts";
import { names, recordOf } from "#test/src/slack/recorded.ts";
import { stories } from "#test/src/slack/stories.ts";
import { beginning, goOn, live, wishes, wishesOf } from "#test/src/upgrade/wishes.ts";
import { id, started } from "#test/support/given.ts";
import { measuredUntil } from "#test/support/measured-story.ts";

/** How many events come before the thread is drawn again, and how much of it is sent then. */
const rhythm = fc.array(fc.record({ events: fc.integer({ min: 1, max: 6 }), sent: fc.nat(8) }), { minLength: 1 });
type Rhythm = readonly { readonly events: number; readonly sent: number }[];

/** What runs, where something does, with a line that is another one at each drawing; and whether runners are there. */
function besideOf(events: readonly RecordedEvent[]): Beside {
  const last = events.findLast(({ event }) => event.type === "step_started");
  if (last?.event.type !== "step_started") return {};
  const { stepId, attempt } = last.event;
  const tail = { upgradeId: last.upgradeId, stepId, attempt, lines: [`line ${events.length}`] };
  return { live: tail, ...(events.length % 3 === 0 ? { unserved: "no runner is there" } : {}) };
}

/** All posts of a thread that is drawn as it grows, by key, as Slack would have them if all was sent. */
class Shown {
  readonly work: UpgradeWork = newWork(id, names);
  readonly posts = new Map<string, DesiredPost>();
  drawings = 0;
  wholes = 0;

  draw(beside: Beside): void {
    const draw = this.work.thread.draw.bind(this.work.thread);
    this.work.thread.draw = (given) => {
      const drawing = draw(given);
      if (drawing.isWhole) this.posts.clear();
      for (const key of drawing.gone) this.posts.delete(key);
      for (const post of drawing.posts) this.posts.set(post.key, post);
      this.drawings += 1;
      this.wholes += drawing.isWhole ? 1 : 0;
      return drawing;
    };
    redraw(this.work, beside);
    this.work.thread.draw = draw;
  }

  /** Sends what is most urgent, as Slack takes it. */
  send(many: number): void {
    for (let count = 0; count < many; count += 1) {
      const task = nextTask([this.work], () => 0);
      if (task === undefined) return;
      const { key, digest } = task.post;
      noteRow(this.work, { upgradeId: id, key, channel: "C0PRACTCE", ts: key, contentDigest: digest, state: "sent" });
    }
  }
}

/** Where a thread that was drawn again and again on the way is not that of the whole record, or its work not what is left. */
function differences(events: readonly RecordedEvent[], pace: Rhythm, shown: Shown): readonly unknown[] {
  const found: unknown[] = [];
  for (let from = 0; from < events.length;) {
    const { events: size, sent } = pace[shown.drawings % pace.length] ?? { events: 1, sent: 0 };
    const grown = events.slice(from, from + size);
    from += size;
    const sofar = events.slice(0, from);
    const beside = besideOf(sofar);
    shown.work.thread.grow(grown);
    shown.draw(beside);
    const whole = desiredPosts(sofar, names, beside);
    const there = [...shown.posts.values()];
    const left = whole.filter((post) => isLeft(post, shown.work.rows.get(post.key))).map(({ key }) => key);
    if (JSON.stringify(there.toSorted(byKey)) !== JSON.stringify(whole.toSorted(byKey)))
      found.push({ at: from, there: there.filter((post) => !isAmong(post, whole)).map(({ key }) => key) });
    if (String([...shown.work.open.keys()].toSorted()) !== String(left.toSorted()))
      found.push({ at: from, left, open: [...shown.work.open.keys()] });
    shown.send(sent);
  }
  return found;
}

function isLeft({ digest, isOver }: DesiredPost, row: PostRow | undefined): boolean {
  return row === undefined ? isOver !== true : row.contentDigest !== digest;
}

function isAmong(post: DesiredPost, all: readonly DesiredPost[]): boolean {
  return all.some((each) => JSON.stringify(each) === JSON.stringify(post));
}

function byKey(left: DesiredPost, right: DesiredPost): number {
  return left.key < right.key ? -1 : 1;
}

test("whatever happens, a thread that grew with its record is the one that is drawn of the whole", () => {
  let wholes = 0;
  let drawings = 0;
  fc.assert(
    fc.property(beginning, wishes, rhythm, (from, list, pace) => {
      const shown = new Shown();
      expect(differences(recordOf(live(from, list)), pace, shown)).toEqual([]);
      wholes += shown.wholes;
      drawings += shown.drawings;
    }),
    { numRuns: 25, seed: 16 },
  );
  // Else it would prove nothing.
  expect(wholes).toBeLessThan(drawings / 2);
});

const fingerprint = { routes: `sha256:${"1".repeat(64)}` } as const;
/** What is rare otherwise, and changes what was said before. */
const trouble =
  `run finish retry confirm run finish retry drift unseen silent heard heard run silent heard finish confirm retry drift accept unseen waive
  look count lost evidence pause resume hold calendar lift wait vote sign reject glass hand_over back`.split(/\s+/u);
const atTrouble = {
  "before up": () => measuredUntil("migrations-up", { fingerprint }),
  "at the thaw": () => measuredUntil("unfreeze", { fingerprint }),
  "before a change": () => started().runUntil("start-new"),
} as const;

test("and so it is when steps fail, writes are found or not looked for, and the calendar holds", () => {
  const seen = new Set<EventType>();
  fc.assert(
    fc.property(
      fc.constantFrom<keyof typeof atTrouble>("before up", "at the thaw", "before a change"),
      wishesOf(fc.constantFrom(...trouble), 20),
      rhythm,
      (from, list, pace) => {
        const record = recordOf(goOn(atTrouble[from](), list));
        for (const { event } of record) seen.add(event.type);
        expect(differences(record, pace, new Shown())).toEqual([]);
      },
    ),
    { numRuns: 60, seed: 3 },
  );
  // Else it would prove nothing.
  const rare = [
    "runner_silent",
    "runner_heard",
    "drift_found",
    "drift_look_failed",
    "step_held_back",
    "step_retried",
    "rollback_started",
  ] as const;
  expect(rare.filter((type) => !seen.has(type))).toEqual([]);
});

test.each(Object.keys(stories))("a thread grows event by event to the one of the story: %s", (name) => {
  const make = stories[name];
  if (make === undefined) throw new Error(`no story ${name}`);
  expect(differences(recordOf(make()), [{ events: 1, sent: 3 }], new Shown())).toEqual([]);
});
