import { h } from "preact";
import { Avatar } from "./avatar.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { useLive } from "./live.ts";
import { badgesOf, mayEnter } from "./membership.ts";
import { readMessages, readNotices } from "./model.ts";
import type { Channel, Notice, Person, Shortcut } from "./model.ts";
import { lastRead } from "./session.ts";
import type { Place } from "./session.ts";
import { useViewer } from "./viewer.ts";
import { act } from "./workspace-api.ts";

type SidebarProps = {
  readonly place: Place;
  readonly notices: readonly Notice[];
  readonly become: (user: string) => void;
  readonly go: (place: Place) => void;
};

/** Channels, the app, and the people that this tab can act as. */
export function Sidebar({ place, notices, become, go }: SidebarProps): Markup {
  const { me, workspace } = useViewer();
  const channels = workspace.channels.filter((channel) => !channel.isDirect);
  // Slack shows nobody that others talk with an app.
  const direct = workspace.channels.filter((channel) => channel.isDirect && mayEnter(me, channel));
  const open = (channel: string): void => go({ kind: "channel", channel, thread: "" });
  const draw = (channel: Channel): Markup => {
    const current = place.kind === "channel" && place.channel === channel.id;
    const mentions = notices.filter((notice) => notice.channel === channel.id);
    return h(ChannelEntry, { key: channel.id, channel, current, mentions, open });
  };
  return html`<nav class="sidebar" aria-label="Workspace">
    <div class="workspace-name">${workspace.team.name}</div>
    <div class="sidebar-scroll">
      <h2>Channels</h2>
      <ul>
        ${channels.map((channel) => draw(channel))}
      </ul>
      ${
        direct.length === 0
          ? null
          : html`<h2 id="direct-messages">Direct messages</h2>
              <ul aria-labelledby="direct-messages">
                ${direct.map((channel) => draw(channel))}
              </ul>`
      }
      <h2>App</h2>
      <ul>
        <li>
          <button
            type="button"
            class="entry"
            aria-current=${place.kind === "home" ? "page" : undefined}
            data-testid="open-home"
            onClick=${() => go({ kind: "home" })}
          >
            <img class="avatar bot small" src="/page/icon.svg" alt="" /><span class="entry-name"
              >${workspace.bot.name}</span
            ><small>Home</small>
          </button>
        </li>
        ${workspace.shortcuts.filter((shortcut) => !shortcut.isForMessages).map((shortcut) => h(ShortcutEntry, { key: shortcut.callbackId, shortcut }))}
      </ul>
      <h2 id="act-as">Act as</h2>
      <ul class="people" aria-labelledby="act-as">
        ${workspace.people.filter((person) => !person.isBot).map((person) => h(PersonEntry, { key: person.id, person, become }))}
      </ul>
    </div>
  </nav>`;
}

type ChannelEntryProps = {
  readonly channel: Channel;
  readonly current: boolean;
  readonly mentions: readonly Notice[];
  readonly open: (channel: string) => void;
};

function ChannelEntry({ channel, current, mentions, open }: ChannelEntryProps): Markup {
  const { me } = useViewer();
  const inside = mayEnter(me, channel);
  const path = inside && !current ? `/practice/messages?user=${me.id}&channel=${channel.id}` : undefined;
  const messages = useLive({ path, parse: readMessages, what: "messages", channel: channel.id }).value ?? [];
  const read = lastRead(me.id, channel.id);
  const unread = messages.some((message) => message.ts > read && message.user !== me.id);
  const newMentions = current ? 0 : mentions.filter((notice) => notice.ts > read).length;
  return html`<li>
    <button
      type="button"
      class=${`entry${unread && !current ? " unread" : ""}${inside ? "" : " outside"}`}
      data-channel=${channel.id}
      aria-current=${current ? "page" : undefined}
      title=${inside ? channel.topic : `${me.name} is not in this channel`}
      onClick=${() => open(channel.id)}
    >
      ${h(EntryFace, { channel, inside })}
      ${newMentions > 0 ? html`<span class="count" aria-label=${`${newMentions} ${channel.isDirect ? "new messages" : "mentions"}`}>${newMentions}</span>` : null}
    </button>
  </li>`;
}

/** How an entry looks: a channel by its name, a direct conversation by its other side. */
function EntryFace({ channel, inside }: { readonly channel: Channel; readonly inside: boolean }): Markup {
  const { bot } = useViewer().workspace;
  if (channel.isDirect) {
    return html`<img class="avatar bot small" src="/page/icon.svg" alt="" /><span class="entry-name">${bot.name}</span
      ><span class="app-badge">APP</span>`;
  }
  return html`<span class="hash" aria-hidden="true">${inside ? "#" : "🔒"}</span>
    <span class="entry-name">${channel.name}</span>
    ${channel.isShared ? html`<small title="Shared with another company">shared</small>` : null}
    ${channel.isPendingShared ? html`<small title="Another company was invited">to be shared</small>` : null}`;
}

function ShortcutEntry({ shortcut }: { readonly shortcut: Shortcut }): Markup {
  const { me, tell } = useViewer();
  const run = async (): Promise<void> => {
    const { problem } = await act("shortcuts", { user: me.id, callback_id: shortcut.callbackId });
    if (problem !== "") tell(problem);
  };
  return html`<li>
    <button type="button" class="entry" data-shortcut=${shortcut.callbackId} onClick=${run}>
      <span class="hash" aria-hidden="true">⚡</span><span class="entry-name">${shortcut.name}</span>
    </button>
  </li>`;
}

type PersonEntryProps = { readonly person: Person; readonly become: (user: string) => void };

function PersonEntry({ person, become }: PersonEntryProps): Markup {
  const { me, workspace } = useViewer();
  const isMe = person.id === me.id;
  const path = isMe || person.isDeleted ? undefined : `/practice/notifications?user=${person.id}`;
  const notices = useLive({ path, parse: readNotices, what: "notifications" }).value ?? [];
  const waiting = notices.filter((notice) => notice.ts > lastRead(person.id, notice.channel)).length;
  return html`<li>
    <button
      type="button"
      class=${person.isDeleted ? "entry person deleted" : "entry person"}
      data-user=${person.id}
      aria-pressed=${isMe}
      title=${`${person.realName} · ${person.id} · ${person.zone}`}
      onClick=${() => become(person.id)}
    >
      ${h(Avatar, { person, size: "small" })}
      <span class="person-body"
        ><span class="entry-name">${person.name}</span>
        ${badgesOf(person, workspace).map((badge) => html`<span class=${`badge ${badge.kind}`}>${badge.text}</span>`)}</span
      >
      ${
        waiting === 0
          ? null
          : html`<span class="count" aria-label=${`${waiting} mentions wait for ${person.name}`}>${waiting}</span>`
      }
    </button>
  </li>`;
}
