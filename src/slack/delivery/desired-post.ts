import { digestOfText } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import { cutMarkup } from "#src/slack/views/text.ts";

/** What goes first when a channel's budget is short. */
export const urgencies = ["final", "approval", "failure", "card", "direct", "line", "tail"] as const;
type Urgency = (typeof urgencies)[number];

/** A report as a file; the event says which facts and which request it is made from. */
export interface PostedFile {
  /** Unique within the thread: the idempotency key of an upload, which takes no metadata. */
  readonly name: string;
  readonly title: string;
  readonly version: number;
  /** A picture, and what it shows, in words. */
  readonly altText?: string;
}

/** One message that Slack should show; equal records give equal posts. */
export interface DesiredPost {
  /** Stable identity within the upgrade; also our idempotency key in the message's metadata. */
  readonly key: string;
  /** The event that caused it: the order within the thread. */
  readonly order: number;
  readonly place: "channel" | "thread" | "direct";
  /** Whom a direct message is for. */
  readonly to?: string;
  /** Nothing is begun any more: what was sent is brought up to date, what was not is never sent. */
  readonly isOver?: boolean;
  readonly urgency: Urgency;
  readonly text: string;
  readonly blocks: Content["blocks"];
  /** Of text and blocks, without mentions: whether what was sent is what should stand there. */
  readonly digest: Digest;
  /** Added when it is first posted and never when it is edited: only people who must act now. */
  readonly mentions: readonly string[];
  /** It has buttons that must die as soon as somebody decided. */
  readonly isPrompt?: boolean;
  /** Shown to one person only, once, and never edited. */
  readonly ephemeralTo?: string;
  /** Also shown in the channel: for the final result. */
  readonly isBroadcast?: boolean;
  /** A file in the thread: posted once, found again by its name, never edited. Its text is made when it is sent. */
  readonly file?: PostedFile;
  /** What the thread witnesses; read again by `verify`. */
  readonly head?: { readonly version: number; readonly hash: Digest };
}

/** Slack: the text of an edit must be shorter than 4,001 characters (chat.update, msg_too_long). */
const maxText = 3_900;

/** Everything of a post but its content. */
export type Frame = Pick<DesiredPost, "key" | "order"> &
  Partial<
    Pick<
      DesiredPost,
      "place" | "to" | "isOver" | "urgency" | "mentions" | "ephemeralTo" | "isBroadcast" | "isPrompt" | "file" | "head"
    >
  >;

/** A message of the thread unless the frame says otherwise. */
export function post(frame: Frame, content: Content): DesiredPost {
  const text = cutMarkup(content.text, maxText);
  return {
    place: "thread",
    urgency: "line",
    mentions: [],
    ...frame,
    text,
    blocks: content.blocks,
    // The same code makes the same order of keys: canonical JSON of every message of a long thread would cost more than
    // all the rest of drawing it.
    digest: digestOfText(JSON.stringify([text, content.blocks])),
  };
}
