import { useState } from "preact/hooks";
import { valueOf } from "./blocks/control-props.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import type { Fields } from "./json.ts";
import { personOf, useViewer } from "./viewer.ts";

type WorldFaultsProps = { readonly send: (body: Fields, name: string) => Promise<void> };

/** Changes to one channel that an app has to survive: archived, without the bot, shared with another company. */
export function ChannelFaults({ send }: WorldFaultsProps): Markup {
  const { workspace } = useViewer();
  const channels = workspace.channels.filter((it) => !it.isDirect);
  const [channel, setChannel] = useState(channels[0]?.id ?? "");
  const picked = channels.find((it) => it.id === channel);
  const archived = picked?.isArchived !== true;
  const removed = picked?.members.includes(workspace.bot.userId) === true;
  const shared = picked?.isShared !== true;
  const deeds = [
    { name: archived ? "Archive" : "Take out of the archive", body: { archive_channel: { channel, archived } } },
    { name: removed ? "Remove the bot" : "Let the bot in again", body: { remove_bot: { channel, removed } } },
    { name: shared ? "Share with Partner Ltd" : "Stop sharing", body: { share_channel: { channel, shared } } },
  ];
  return html`<fieldset>
    <legend>Channel</legend>
    <select
      class="select"
      aria-label="Channel for faults"
      value=${channel}
      onChange=${(event: Event) => setChannel(valueOf(event))}
    >
      ${channels.map((it) => html`<option value=${it.id}>#${it.name}</option>`)}
    </select>
    ${deeds.map(({ name, body }) => drawDeed(name, () => send(body, name)))}
  </fieldset>`;
}

/** Changes to one person that an approval has to notice: deactivated, renamed to imitate, in or out of the group. */
export function PersonFaults({ send }: WorldFaultsProps): Markup {
  const { me, workspace } = useViewer();
  const [user, setUser] = useState(me.id);
  const person = personOf(workspace, user);
  const deeds = [
    {
      name: person.isDeleted ? "Activate" : "Deactivate",
      body: { deactivate: { user, deleted: !person.isDeleted } },
    },
    { name: "Rename to “carol”", body: { rename_user: { user, display_name: "carol" } } },
    { name: `Name back to “${person.handle}”`, body: { rename_user: { user, display_name: person.handle } } },
    ...workspace.groups.map(({ id, handle, users }) => {
      const isMember = users.includes(user);
      const next = isMember ? users.filter((it) => it !== user) : [...users, user];
      return {
        name: `${isMember ? "Take out of" : "Put into"} @${handle}`,
        body: { set_group: { group: id, users: next } },
      };
    }),
  ];
  return html`<fieldset>
    <legend>Person</legend>
    <select
      class="select"
      aria-label="Person for faults"
      value=${user}
      onChange=${(event: Event) => setUser(valueOf(event))}
    >
      ${workspace.people.filter((it) => !it.isBot).map((it) => html`<option value=${it.id}>${it.name} (${it.id})</option>`)}
    </select>
    ${deeds.map(({ name, body }) => drawDeed(name, () => send(body, `${person.name}: ${name}`)))}
  </fieldset>`;
}

function drawDeed(name: string, deed: () => Promise<void>): Markup {
  return html`<button type="button" class="button small" onClick=${deed}>${name}</button>`;
}
