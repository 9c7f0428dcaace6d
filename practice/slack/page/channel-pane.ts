import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Avatar } from "./avatar.ts";
import { Composer } from "./composer.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { useLive } from "./live.ts";
import { mayEnter } from "./membership.ts";
import { MessageList } from "./message-list.ts";
import { readMessages } from "./model.ts";
import type { Channel } from "./model.ts";
import { markRead } from "./session.ts";
import { personOf, useViewer } from "./viewer.ts";

type ChannelPaneProps = { readonly channelId: string; readonly thread: string };

/** A channel: its name, its messages and the composer. */
export function ChannelPane({ channelId }: ChannelPaneProps): Markup {
  const { me, workspace } = useViewer();
  const channel = workspace.channels.find((it) => it.id === channelId);
  if (channel === undefined)
    return html`<main class="pane"><p class="empty">There is no channel ${channelId}.</p></main>`;
  return html`<main class="pane" data-testid="channel">
    ${h(ChannelHead, { channel })}
    ${
      mayEnter(me, channel)
        ? h(ChannelBody, { channel })
        : html`<p class="empty" role="note">
            🔒 ${me.name} is not a member of <strong>${nameOf(channel)}</strong> and sees nothing of
            it.${me.isDeleted ? " The account is deactivated." : ""}
          </p>`
    }
  </main>`;
}

function nameOf(channel: Channel): string {
  return channel.isDirect ? "this direct conversation" : `#${channel.name}`;
}

function ChannelHead({ channel }: { readonly channel: Channel }): Markup {
  return channel.isDirect ? h(DirectHead, { channel }) : h(NamedHead, { channel });
}

/** A direct conversation is called after the other side. */
function DirectHead({ channel }: { readonly channel: Channel }): Markup {
  const { me, workspace } = useViewer();
  return html`<header class="pane-head">
    ${h(Avatar, { person: personOf(workspace, workspace.bot.userId), size: "small" })}
    <h1>${workspace.bot.name}</h1>
    <span class="app-badge">APP</span>
    ${mayEnter(me, channel) ? html`<span class="topic">Only you and the app see this conversation</span>` : null}
  </header>`;
}

function NamedHead({ channel }: { readonly channel: Channel }): Markup {
  return html`<header class="pane-head">
    <h1>#${channel.name}</h1>
    ${channel.isShared ? html`<span class="badge external">shared with another company</span>` : null}
    ${channel.isPendingShared ? html`<span class="badge external">another company is invited</span>` : null}
    ${channel.isArchived ? html`<span class="badge deactivated">archived</span>` : null}
    <span class="topic">${channel.topic}</span>
    <span class="top-space"></span>
    <small>${channel.members.length} members</small>
  </header>`;
}

function ChannelBody({ channel }: { readonly channel: Channel }): Markup {
  const { me, workspace } = useViewer();
  const { id } = channel;
  const path = `/practice/messages?user=${me.id}&channel=${id}`;
  const { value: messages, problem } = useLive({ path, parse: readMessages, what: "messages", channel: id });
  const [offered, setOffered] = useState("");
  const newest = messages?.at(-1)?.ts ?? "";
  useEffect(() => markRead(me.id, id, newest), [me.id, id, newest]);
  if (messages === undefined) return html`<p class="empty" role="status">${problem || "Loading…"}</p>`;
  const label = channel.isDirect ? "Direct messages" : `Messages of #${channel.name}`;
  return [
    h(MessageList, {
      messages,
      channelId: id,
      label,
      inThread: false,
      empty: h(FirstSteps, { channel, offer: setOffered }),
    }),
    channel.isDirect && !workspace.takesDirectMessages
      ? html`<p class="composer-area faint" role="note">Sending messages to this app has been turned off.</p>`
      : h(Composer, { key: id, channel, thread: "", offered }),
  ];
}

type FirstStepsProps = { readonly channel: Channel; readonly offer: (line: string) => void };

/** What a newcomer should type first. */
function FirstSteps({ channel, offer }: FirstStepsProps): Markup {
  if (channel.isDirect) {
    return html`<div class="first-steps">
      <h2>Nothing here yet</h2>
      <p>What the app has to tell you alone comes here, and rings for you.</p>
    </div>`;
  }
  const environment = channel.environment || "practice";
  const first = `/kong-upgrade plan ${environment} --to 3.4.2`;
  return html`<div class="first-steps" data-testid="first-steps">
    <h2>This is the beginning of #${channel.name}</h2>
    <p>${channel.topic}</p>
    <p>Ask the bot for an upgrade plan. Type this first:</p>
    <p class="offer">
      <code class="code big">${first}</code
      ><button type="button" class="button" data-testid="take-offer" onClick=${() => offer(first)}>
        Put it in for me
      </button>
    </p>
    <p class="faint">
      Then switch to another person on the left (an approver, a guest, an impostor) and see what they may do. Every
      message, click and acknowledgement is in “Traffic” at the top.
    </p>
  </div>`;
}
