import { h } from "preact";
import { useEffect } from "preact/hooks";
import { Composer } from "./composer.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { useLive } from "./live.ts";
import { mayEnter } from "./membership.ts";
import { MessageList } from "./message-list.ts";
import { readMessages } from "./model.ts";
import { markRead } from "./session.ts";
import { useViewer } from "./viewer.ts";

type ThreadPaneProps = { readonly channelId: string; readonly thread: string };

/** A thread beside its channel: the parent, the replies, and a composer that replies. */
export function ThreadPane({ channelId, thread }: ThreadPaneProps): Markup {
  const { me, workspace, openChannel } = useViewer();
  const channel = workspace.channels.find((it) => it.id === channelId);
  const inside = channel !== undefined && mayEnter(me, channel);
  const path = inside ? `/practice/messages?user=${me.id}&channel=${channelId}&thread_ts=${thread}` : undefined;
  const { value: messages, problem } = useLive({ path, parse: readMessages, what: "messages", channel: channelId });
  const newest = messages?.at(-1)?.ts ?? "";
  useEffect(() => markRead(me.id, channelId, newest), [me.id, channelId, newest]);
  const close = (): void => openChannel(channelId);
  const empty = html`<p class="empty">This message is gone.</p>`;
  return html`<aside
    class="pane thread"
    data-testid="thread"
    aria-label="Thread"
    onKeyDown=${(event: KeyboardEvent) => event.key === "Escape" && close()}
  >
    <header class="pane-head">
      <h1>Thread</h1>
      <span class="topic">#${channel?.name}</span>
      <span class="top-space"></span>
      <button type="button" class="quiet" aria-label="Close thread" data-testid="close-thread" onClick=${close}>
        ✕
      </button>
    </header>
    ${
      channel === undefined || messages === undefined
        ? html`<p class="empty" role="status">
            ${inside ? problem || "Loading…" : "You are not a member of this channel."}
          </p>`
        : [
            h(MessageList, { messages, channelId, label: "Messages of this thread", inThread: true, empty }),
            h(Composer, { key: thread, channel, thread, offered: "" }),
          ]
    }
  </aside>`;
}
