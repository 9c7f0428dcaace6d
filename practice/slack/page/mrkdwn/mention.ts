import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { personOf, useViewer } from "#practice/slack/page/viewer.ts";
import { formatDate } from "./date-token.ts";

/** `<@U…>`: the name as the workspace has it now, never the label of the sender. */
export function UserMention({ id }: { readonly id: string }): Markup {
  const { workspace, me } = useViewer();
  const kind = id === me.id ? "mention mention-me" : "mention";
  return html`<span class=${kind} data-mention=${id} title=${`${id}: notifies this person`}
    >@${personOf(workspace, id).name}</span
  >`;
}

/** `<#C…>`: a link to a channel; it notifies nobody. */
export function ChannelMention({ id, label }: { readonly id: string; readonly label: string }): Markup {
  const { workspace, openChannel } = useViewer();
  const channel = workspace.channels.find((it) => it.id === id);
  return html`<a
    class="mention"
    href=${`#${id}`}
    onClick=${(event: Event) => {
      event.preventDefault();
      openChannel(id);
    }}
    >#${channel?.name ?? (label || id)}</a
  >`;
}

/** `<!subteam^S…>`: notifies every member of the group. */
export function GroupMention({ id, label }: { readonly id: string; readonly label: string }): Markup {
  const { workspace, me } = useViewer();
  const group = workspace.groups.find((it) => it.id === id);
  const kind = group?.users.includes(me.id) === true ? "mention mention-me" : "mention";
  const title = group === undefined ? `${id}: no such group` : `${id}: notifies ${group.users.length} people`;
  return html`<span class=${kind} data-mention=${id} title=${title}>@${group?.handle ?? (label || id)}</span>`;
}

/** `<!here>`, `<!channel>`, `<!everyone>`: notify a whole channel, so they can not be overlooked. */
export function RangeMention({ range }: { readonly range: string }): Markup {
  return html`<span class="mention mention-all" data-mention=${range} title="Notifies everybody in this channel"
    >@${range}</span
  >`;
}

type DateProps = {
  readonly seconds: number;
  readonly format: string;
  readonly link: string;
  readonly fallback: string;
};

/** `<!date^…>` in the viewer's time zone; the fallback is its tooltip. */
export function DateText({ seconds, format, link, fallback }: DateProps): Markup {
  const { me } = useViewer();
  const text = formatDate(format, { seconds, zone: me.zone, nowMs: Date.now() });
  const time = html`<time
    datetime=${new Date(seconds * 1000).toISOString()}
    title=${`${fallback} (shown for ${me.zone})`}
    >${text}</time
  >`;
  return link === "" ? time : html`<a href=${link} target="_blank" rel="noopener noreferrer">${time}</a>`;
}
