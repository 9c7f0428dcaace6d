import { h } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { MessageView } from "./message-view.ts";
import type { Message } from "./model.ts";
import { dayTitle } from "./moments.ts";
import { useViewer } from "./viewer.ts";

/** How many messages are drawn at first, and how many more each "older" click adds. */
const pageSize = 150;
const nearBottomPx = 40;
const sameBreathS = 300;

type MessageListProps = {
  readonly messages: readonly Message[];
  readonly channelId: string;
  readonly label: string;
  readonly inThread: boolean;
  readonly empty: Markup;
};

/** Messages, oldest first. Whoever is at the end stays at the end; whoever reads further up is not moved. */
export function MessageList({ messages, channelId, label, inThread, empty }: MessageListProps): Markup {
  const { me } = useViewer();
  const [limit, setLimit] = useState(pageSize);
  const newest = messages.at(-1);
  const { box, inner, unseen, toEnd } = usePinnedEnd(newest?.ts ?? "", newest?.user === me.id);
  const shown = messages.slice(-limit);
  const missed = unseen === "" ? 0 : messages.filter((message) => message.ts > unseen).length;
  return html`<div class="list-frame">
    <div class="list" ref=${box} role="log" aria-label=${label} tabindex="0">
      <div ref=${inner}>
        ${messages.length === 0 ? empty : null}
        ${
          messages.length > shown.length
            ? html`<button type="button" class="button older" onClick=${() => setLimit(limit + pageSize)}>
                Show older messages (${messages.length - shown.length})
              </button>`
            : null
        }
        ${shown.map((message, index) => {
          const before = shown[index - 1];
          const day = dayTitle(message.ts, me.zone);
          const isNewDay = before === undefined || dayTitle(before.ts, me.zone) !== day;
          return [
            isNewDay && !inThread ? html`<div class="day" role="separator"><span>${day}</span></div>` : null,
            h(MessageView, {
              key: message.ts,
              message,
              channelId,
              inThread,
              continues: !isNewDay && followsOn(before, message),
            }),
          ];
        })}
      </div>
    </div>
    ${missed === 0 ? null : html`<button type="button" class="new-messages" onClick=${toEnd}>${missed} new ↓</button>`}
  </div>`;
}

function followsOn(before: Message | undefined, message: Message): boolean {
  if (before === undefined || before.user !== message.user) return false;
  if (before.isEphemeral || message.isEphemeral || before.replyCount > 0 || message.isBroadcast) return false;
  return Number(message.ts) - Number(before.ts) < sameBreathS;
}

/** Keeps a list at its end while it grows; `unseen` is the last ts seen by somebody who reads further up. */
function usePinnedEnd(newest: string, isOwn: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const pinned = useRef(true);
  const [unseen, setUnseen] = useState("");
  const toEnd = (): void => {
    pinned.current = true;
    setUnseen("");
    box.current?.scrollTo({ top: box.current.scrollHeight });
  };
  useLayoutEffect(() => {
    if (pinned.current || isOwn) toEnd();
  }, [newest]);
  useEffect(() => {
    const list = box.current;
    const content = inner.current;
    if (list === null || content === null) return undefined;
    const scrolled = (): void => {
      const isNear = list.scrollHeight - list.scrollTop - list.clientHeight < nearBottomPx;
      if (isNear && !pinned.current) setUnseen("");
      if (!isNear && pinned.current) setUnseen(newestIn(list));
      pinned.current = isNear;
    };
    // A card that grows or a window that shrinks must not hide the end of the list.
    const watcher = new ResizeObserver(() => pinned.current && list.scrollTo({ top: list.scrollHeight }));
    watcher.observe(content);
    watcher.observe(list);
    list.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      watcher.disconnect();
      list.removeEventListener("scroll", scrolled);
    };
  }, []);
  return { box, inner, unseen, toEnd };
}

function newestIn(list: HTMLElement): string {
  return [...list.querySelectorAll<HTMLElement>("[data-ts]")].at(-1)?.dataset["ts"] ?? "";
}
