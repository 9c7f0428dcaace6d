import { unreachable } from "#src/kernel/result.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Names } from "#src/slack/views/names.ts";
import { urgencies } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { PostRow } from "./post-store.ts";
import { Thread } from "./thread.ts";
import type { Beside } from "./thread.ts";

/** The card at the top, or what hangs on it. */
export type ThreadPart = "card" | "thread";
export const threadParts: readonly ThreadPart[] = ["card", "thread"];

/** One upgrade whose messages may differ from its record. */
export interface UpgradeWork {
  readonly id: UpgradeId;
  /** What Slack should show, as far as the record was read. */
  thread: Thread;
  /** Of that, by key, what it does not show yet as it should. */
  readonly open: Map<string, DesiredPost>;
  /** Everything hangs on it, so it may have to be posted anew. */
  card: DesiredPost | undefined;
  /** Changed only by `noteRow` and `forgetRow`, which know what is open then. */
  readonly rows: Map<string, PostRow>;
  isStale: boolean;
  /** The rows are those of the store. */
  isLoaded: boolean;
  /** How far each part showed the record the last time that nothing was left to send for it. */
  readonly shown: Map<ThreadPart, number>;
  /** Since when something is left to send for a part, in epoch milliseconds. */
  readonly behindSince: Map<ThreadPart, number>;
  /** Address of the thread, for direct messages, once Slack told it. */
  threadLink?: string;
}

/** An upgrade of which nothing was read yet. */
export function newWork(id: UpgradeId, names: Names, shown: UpgradeWork["shown"] = new Map()): UpgradeWork {
  return {
    id,
    thread: new Thread(names),
    open: new Map(),
    card: undefined,
    rows: new Map(),
    isStale: true,
    isLoaded: false,
    shown,
    behindSince: new Map(),
  };
}

/** Nothing that was read is believed any more. */
export function readAnew(work: UpgradeWork, names: Names): void {
  work.thread = new Thread(names);
  work.card = undefined;
  work.open.clear();
  work.rows.clear();
  work.isLoaded = false;
}

/** Draws the thread as its record stands, and finds out what Slack does not show of that. */
export function redraw(work: UpgradeWork, beside: Beside): void {
  const { isWhole, posts, gone } = work.thread.draw(beside);
  if (isWhole) work.open.clear();
  for (const key of gone) work.open.delete(key);
  for (const post of posts) {
    if (post.key === "card") work.card = post;
    if (isSettled(post, work.rows.get(post.key))) work.open.delete(post.key);
    else work.open.set(post.key, post);
  }
}

/** What is known of a message now. */
export function noteRow(work: UpgradeWork, row: PostRow): void {
  work.rows.set(row.key, row);
  const post = work.open.get(row.key);
  if (post !== undefined && isSettled(post, row)) work.open.delete(row.key);
}

/** A message that is not there any more, and is to be posted anew. */
export function forgetRow(work: UpgradeWork, post: DesiredPost): void {
  work.rows.delete(post.key);
  work.open.set(post.key, post);
}

/** Whether nothing is left to do for a message, wherever it belongs. */
function isSettled(post: DesiredPost, row: PostRow | undefined): boolean {
  if (row === undefined) return post.isOver === true;
  switch (row.state) {
    case "gone":
      return true;
    case "sending":
      return false;
    case "sent":
      return row.contentDigest === post.digest || row.ts === undefined || post.ephemeralTo !== undefined;
    default:
      return unreachable(row.state);
  }
}

interface Base {
  readonly work: UpgradeWork;
  readonly post: DesiredPost;
  readonly threadTs: string | undefined;
  /** Epoch milliseconds before which it is not done. */
  readonly dueAt: number;
}

/** The next thing to do for one message. */
export type DeliveryTask =
  | (Base & { readonly kind: "post"; readonly row?: undefined })
  | (Base & { readonly kind: "resume"; readonly row: PostRow })
  | (Base & { readonly kind: "edit"; readonly row: PostRow; readonly ts: string });

/** When something may be done for a message: 0 for now, else by the clock of the delivery. */
export type DueAt = (work: UpgradeWork, post: DesiredPost, kind: "send" | "edit") => number;

/** The most urgent task over all upgrades of a channel; among equals what is due first, then the order of events. */
export function nextTask(works: readonly UpgradeWork[], dueAt: DueAt): DeliveryTask | undefined {
  let best: DeliveryTask | undefined;
  for (const work of works) {
    for (const task of pending(work, dueAt)) if (best === undefined || isBefore(task, best)) best = task;
  }
  return best;
}

function pending(work: UpgradeWork, dueAt: DueAt): readonly DeliveryTask[] {
  const root = work.rows.get("card")?.ts;
  return [...work.open.values()].flatMap((post): readonly DeliveryTask[] => {
    const row = work.rows.get(post.key);
    // Nothing can stand in the thread before the card that it hangs on.
    if (isSettled(post, row) || (post.place === "thread" && root === undefined)) return [];
    const threadTs = post.place === "thread" ? (row?.threadTs ?? root) : undefined;
    const base = { work, post, threadTs, dueAt: dueAt(work, post, "send") };
    if (row === undefined) return [{ ...base, kind: "post" }];
    return row.state === "sent" && row.ts !== undefined
      ? [{ ...base, kind: "edit", row, ts: row.ts, dueAt: dueAt(work, post, "edit") }]
      : [{ ...base, kind: "resume", row }];
  });
}

/** Takes down for which parts something is left to send now; the last lines of a running step are never behind for long. */
export function noteLag(work: UpgradeWork, now: number): void {
  const counted = pending(work, () => 0).filter(({ kind, post }) => kind !== "edit" || post.urgency !== "tail");
  const left = new Set(counted.map(({ post }): ThreadPart => (post.key === "card" ? "card" : "thread")));
  for (const part of threadParts) {
    if (!left.has(part)) {
      work.behindSince.delete(part);
      work.shown.set(part, work.thread.events.length);
    } else if (!work.behindSince.has(part)) work.behindSince.set(part, now);
  }
}

function isBefore(left: DeliveryTask, right: DeliveryTask): boolean {
  const now = [left.dueAt, rank(left), left.post.order];
  const then = [right.dueAt, rank(right), right.post.order];
  for (const [index, value] of now.entries()) {
    const other = then[index] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}

/** How soon an edit follows its cause. */
export type EditPace =
  /** Buttons must die, the end must be seen: at once. */
  | "at_once"
  /** The card says where we are and who must act: every few seconds, whatever else is edited. */
  | "steady"
  /** Lines wait for what is left of Slack's limit. */
  | "spare";

export function editPaceOf(post: DesiredPost): EditPace {
  // A request may have hundreds of them; whoever clicks an old button is told what is true now.
  if (post.place === "direct") return "spare";
  if (post.urgency === "final" || post.isPrompt === true) return "at_once";
  return post.urgency === "card" ? "steady" : "spare";
}

/** An edit that people wait for is as urgent as a new request for approval. */
function rank({ kind, post }: DeliveryTask): number {
  const own = urgencies.indexOf(post.urgency);
  return kind === "edit" && editPaceOf(post) !== "spare" ? Math.min(own, urgencies.indexOf("approval")) : own;
}
