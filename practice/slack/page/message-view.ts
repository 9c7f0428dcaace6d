import { h } from "preact";
import { useState } from "preact/hooks";
import { Avatar } from "./avatar.ts";
import { Blocks } from "./blocks/block.ts";
import { SurfaceContext, useForm } from "./blocks/surface.ts";
import { FileCard } from "./file-card.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { JsonView } from "./json-view.ts";
import type { Message, Person } from "./model.ts";
import { clockText, momentText } from "./moments.ts";
import { Mrkdwn, drawEmoji } from "./mrkdwn/mrkdwn.ts";
import { personOf, useViewer } from "./viewer.ts";
import { act } from "./workspace-api.ts";

const untouched = {};

type MessageProps = {
  readonly message: Message;
  readonly channelId: string;
  readonly inThread: boolean;
  readonly continues: boolean;
};

/** One message: author, blocks or text, files, reactions, and the way into its thread. */
export function MessageView({ message, channelId, inThread, continues }: MessageProps): Markup {
  const { me, workspace, readsAloud } = useViewer();
  const [showsJson, setShowsJson] = useState(false);
  const author = personOf(workspace, message.user);
  const kind = ["message", continues ? "continues" : "", message.isEphemeral ? "ephemeral" : ""].join(" ");
  return html`<article
    class=${kind}
    data-ts=${message.ts}
    data-author=${message.user}
    aria-label=${`${author.name} at ${clockText(message.ts, me.zone)}`}
  >
    <div class="gutter">
      ${continues ? html`<time>${clockText(message.ts, me.zone)}</time>` : h(Avatar, { person: author })}
    </div>
    <div class="content">
      ${message.isEphemeral ? html`<div class="only-you">👁 Only visible to you</div>` : null}
      ${continues ? null : h(Byline, { message, author })}
      ${message.isPinned ? html`<div class="pinned">📌 Pinned</div>` : null}
      ${readsAloud ? h(SpokenText, { message }) : h(Body, { message, channelId })}
      ${message.files.map((file) => h(FileCard, { key: file.id, file }))}
      ${
        message.reactions.length === 0
          ? null
          : html`<div class="reactions">
              ${message.reactions.map(({ name, count }) => html`<span class="reaction">${drawEmoji(name)} ${count}</span>`)}
            </div>`
      }
      ${inThread || message.replyCount === 0 ? null : h(ThreadSummary, { message, channelId })}
      ${showsJson ? h(JsonView, { value: message.raw, label: "Message as JSON" }) : null}
    </div>
    ${h(Tools, { message, channelId, inThread, showsJson, setShowsJson })}
  </article>`;
}

function Byline({ message, author }: { readonly message: Message; readonly author: Person }): Markup {
  const { me } = useViewer();
  return html`<div class="byline">
    <span class="author" title=${author.id}>${author.name}</span>
    ${author.isBot ? html`<span class="app-badge">APP</span>` : null}
    ${author.isExternal ? html`<span class="badge external">external</span>` : null}
    <time title=${momentText(message.ts, me.zone)}>${clockText(message.ts, me.zone)}</time>
    ${message.isEdited && message.blocks.length === 0 ? html`<small>(edited)</small>` : null}
    ${message.isBroadcast ? html`<small>also sent to the channel</small>` : null}
  </div>`;
}

function Body({ message, channelId }: PlacedMessage): Markup {
  const form = useForm(untouched, untouched);
  const surface = { kind: "message", channel: channelId, ts: message.ts, form } as const;
  if (message.blocks.length === 0) {
    return message.text === "" ? null : html`<div class="mrkdwn text">${h(Mrkdwn, { text: message.text })}</div>`;
  }
  return h(SurfaceContext.Provider, { value: surface, children: h(Blocks, { blocks: message.blocks }) });
}

/** Screen readers and notifications get the top-level text alone, so this is the whole message to them. */
function SpokenText({ message }: { readonly message: Message }): Markup {
  return message.text === ""
    ? html`<div class="spoken missing">No top-level text: a screen reader has to guess from the blocks.</div>`
    : html`<div class="spoken mrkdwn">${h(Mrkdwn, { text: message.text })}</div>`;
}

type PlacedMessage = { readonly message: Message; readonly channelId: string };

function ThreadSummary({ message, channelId }: PlacedMessage): Markup {
  const { me, workspace, openChannel } = useViewer();
  const { replyCount, replyUsers, latestReply } = message;
  return html`<button
    type="button"
    class="thread-summary"
    data-testid="thread-summary"
    onClick=${() => openChannel(channelId, message.threadTs || message.ts)}
  >
    ${replyUsers.slice(0, 4).map((user) => h(Avatar, { key: user, person: personOf(workspace, user), size: "small" }))}
    <strong>${replyCount} ${replyCount === 1 ? "reply" : "replies"}</strong>
    ${latestReply === "" ? null : html`<small title=${momentText(latestReply, me.zone)}>last at ${clockText(latestReply, me.zone)}</small>`}
  </button>`;
}

type ToolsProps = PlacedMessage & {
  readonly inThread: boolean;
  readonly showsJson: boolean;
  readonly setShowsJson: (on: boolean) => void;
};

function Tools({ message, channelId, inThread, showsJson, setShowsJson }: ToolsProps): Markup {
  const { me, workspace, openChannel, tell } = useViewer();
  const run = async (callbackId: string): Promise<void> => {
    const { problem } = await act("shortcuts", {
      user: me.id,
      callback_id: callbackId,
      channel: channelId,
      ts: message.ts,
    });
    if (problem !== "") tell(problem);
  };
  const shortcuts = message.isEphemeral ? [] : workspace.shortcuts.filter((shortcut) => shortcut.isForMessages);
  return html`<div class="tools" role="toolbar" aria-label="Message actions">
    ${
      inThread || message.isEphemeral
        ? null
        : html`<button
            type="button"
            aria-label="Reply in thread"
            title="Reply in thread"
            data-testid="reply"
            onClick=${() => openChannel(channelId, message.threadTs || message.ts)}
          >
            💬
          </button>`
    }
    ${shortcuts.map(
      ({ name, callbackId }) =>
        html`<button
          type="button"
          title=${name}
          aria-label=${name}
          data-shortcut=${callbackId}
          onClick=${() => run(callbackId)}
        >
          ⚡
        </button>`,
    )}
    <button
      type="button"
      aria-label="Show as JSON"
      title="Show as JSON"
      aria-pressed=${showsJson}
      onClick=${() => setShowsJson(!showsJson)}
    >
      { }
    </button>
  </div>`;
}
