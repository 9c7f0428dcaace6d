import type { Digest } from "#src/kernel/digest.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { card } from "#src/slack/views/card.ts";
import type { Names } from "#src/slack/views/names.ts";
import { attemptPosts, currentAttempt } from "./attempt-posts.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import { eventPosts } from "./event-posts.ts";
import { groundOf, isSameGround } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { isLate, restsOn } from "./late-events.ts";
import type { LiveTail } from "./live-tails.ts";
import { reviewPosts } from "./people-posts.ts";
import { planPosts } from "./plan-posts.ts";
import { Story } from "./story.ts";

/** What no event tells and people should see. */
export interface Beside {
  readonly live?: LiveTail | undefined;
  /** Why no runner takes the turn of the upgrade, where it is a runner's and none does. */
  readonly unserved?: string | undefined;
}

/** What is to be shown otherwise than it was drawn the last time. */
export interface Drawing {
  /** These are all that there are: whatever was drawn before and is not among them is not to be shown. */
  readonly isWhole: boolean;
  /** In no order; some may be as they were. */
  readonly posts: readonly DesiredPost[];
  /** Keys of those that are not to be shown any more, where it is not whole. */
  readonly gone: readonly string[];
}

/** An event whose messages may change later. */
interface LateEvent {
  readonly recorded: RecordedEvent;
  readonly from: readonly unknown[];
  readonly keys: readonly string[];
}

/**
 * What channel and thread of one upgrade should show, as its record grows. Nearly all of a long thread cannot change any
 * more: a drawing makes the card, what belongs to the attempt whose turn it is or was, to events that are new, and to those
 * few earlier ones that something newer changes. Where that changes on which every message may rest, all are drawn anew.
 * Equal records give equal threads, however they grew.
 */
export class Thread {
  readonly #names: Names;
  #story: Story | undefined;
  #ground: Ground | undefined;
  #drawn = 0;
  #current: string | undefined;
  #late: readonly LateEvent[] = [];
  #planKeys: readonly string[] = [];

  constructor(names: Names) {
    this.#names = names;
  }

  get events(): readonly RecordedEvent[] {
    return this.#story?.events ?? [];
  }

  /** Hash of the newest event. */
  get head(): Digest | undefined {
    return this.events.at(-1)?.hash;
  }

  /** What it holds in memory, in events of some 2.5 kB; a step of a plan, with its node, takes as much as four. */
  get weight(): number {
    const plans = this.#story?.plans ?? [];
    return this.events.length + 4 * plans.reduce((sum, { plan }) => sum + plan.steps.length, 0);
  }

  get isClosed(): boolean {
    return this.#story?.upgrade.status === "closed";
  }

  /** The events that follow, in order. @throws Error where one cannot follow; the thread is worth nothing then. */
  grow(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      if (this.#story === undefined) this.#story = new Story(event);
      else this.#story.add(event);
    }
  }

  /** What has to be shown otherwise since it was drawn last. */
  draw(beside: Beside): Drawing {
    const story = this.#story;
    if (story === undefined) return { isWhole: true, posts: [], gone: [] };
    const isWhole = this.#isGroundNew(groundOf(story));
    const parts = [
      { posts: [cardPost(story.upgrade, this.#names, beside.unserved), ...reviewPosts(story)], gone: [] },
      this.#drawPlans(story),
      { posts: this.#drawAttempts(story, isWhole, beside.live), gone: [] },
      ...this.#drawLate(story),
      { posts: this.#drawNew(story), gone: [] },
    ];
    return { isWhole, posts: parts.flatMap(({ posts }) => posts), gone: parts.flatMap(({ gone }) => gone) };
  }

  #isGroundNew(ground: Ground): boolean {
    const isNew = this.#ground === undefined || !isSameGround(this.#ground, ground);
    this.#ground = ground;
    if (!isNew) return false;
    this.#drawn = 0;
    this.#late = [];
    this.#planKeys = [];
    return true;
  }

  #drawPlans(story: Story): Part {
    const posts = planPosts(story);
    const before = this.#planKeys;
    this.#planKeys = keysOf(posts);
    return { posts, gone: missing(before, this.#planKeys) };
  }

  /** Of those that nothing touched only the one that had its turn may look otherwise: its buttons die. */
  #drawAttempts(story: Story, isWhole: boolean, live: LiveTail | undefined): readonly DesiredPost[] {
    const { attempts, upgrade } = story;
    const current = currentAttempt(upgrade);
    const keys = new Set([...attempts.takeTouched(), ...[this.#current, current].filter((key) => key !== undefined)]);
    this.#current = current;
    const changed = isWhole ? [...attempts] : [...keys].flatMap((key) => attempts.get(key) ?? []);
    return changed.flatMap((attempt) => attemptPosts(story, attempt, { names: this.#names, live }));
  }

  #drawLate(story: Story): readonly Part[] {
    const parts: Part[] = [];
    this.#late = this.#late.map((known) => {
      const from = restsOn(story, known.recorded);
      if (from.every((value, index) => value === known.from[index])) return known;
      const posts = eventPosts(story, known.recorded, this.#names);
      const keys = keysOf(posts);
      parts.push({ posts, gone: missing(known.keys, keys) });
      return { ...known, from, keys };
    });
    return parts;
  }

  #drawNew(story: Story): readonly DesiredPost[] {
    const fresh = story.events.slice(this.#drawn);
    this.#drawn = story.events.length;
    const late: LateEvent[] = [];
    const drawn = fresh.flatMap((recorded) => {
      const posts = eventPosts(story, recorded, this.#names);
      if (isLate(story, recorded)) late.push({ recorded, from: restsOn(story, recorded), keys: keysOf(posts) });
      return posts;
    });
    if (late.length > 0) this.#late = [...this.#late, ...late];
    return drawn;
  }
}

type Part = Pick<Drawing, "posts" | "gone">;

function cardPost(upgrade: Upgrade, names: Names, unserved: string | undefined): DesiredPost {
  const urgency = upgrade.status === "closed" ? "final" : "card";
  return post({ key: "card", order: 0, place: "channel", urgency }, card(upgrade, names, unserved));
}

function keysOf(posts: readonly DesiredPost[]): readonly string[] {
  return posts.map(({ key }) => key);
}

function missing(before: readonly string[], now: readonly string[]): readonly string[] {
  const still = new Set(now);
  return before.filter((key) => !still.has(key));
}
