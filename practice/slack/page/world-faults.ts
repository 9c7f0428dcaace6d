import { useState } from "preact/hooks";
import { valueOf } from "./blocks/control-props.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import type { Fields } from "./json.ts";
import { personOf, useViewer } from "./viewer.ts";

type WorldFaultsProps = { readonly send: (body: Fields, name: string, path?: string) => Promise<void> };

/** What `POST /practice/people` can make of somebody who acts on this page; deactivating has a button of its own. */
const kinds = ["member", "admin", "owner", "guest", "single_channel_guest", "app_user", "external", "stranger"];

/** Changes to one channel that an app has to survive: archived, without the bot, shared with another company. */
export function ChannelFaults({ send }: WorldFaultsProps): Markup {
  const { workspace } = useViewer();
  const channels = workspace.channels.filter((it) => !it.isDirect);
  const [channel, setChannel] = useState(channels[0]?.id ?? "");
  const picked = channels.find((it) => it.id === channel);
  const archived = picked?.isArchived !== true;
  const removed = picked?.members.includes(workspace.bot.userId) === true;
  const shared = picked?.isShared !== true;
  const pending =
    picked?.isPendingShared === true
      ? { name: "Take the invitation back", next: false }
      : { name: "Invite Partner Ltd", next: true };
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
    ${drawDeed(pending.name, () => send({ channel, is_pending_ext_shared: pending.next }, pending.name, "channels"))}
  </fieldset>`;
}

/** In which Enterprise Grid organisation the app is installed, and how. */
export function InstallationFault({ send }: WorldFaultsProps): Markup {
  const { enterprise } = useViewer().workspace;
  const ways = [
    { value: "none", name: "one workspace", body: { enterprise: null } },
    { value: "workspace", name: "a Grid workspace", body: { enterprise: {} } },
    { value: "org", name: "a whole Grid", body: { enterprise: {}, org_wide: true } },
  ];
  const current = enterprise.id === "" ? "none" : enterprise.isOrgWide ? "org" : "workspace";
  const choose = (value: string): void => {
    const way = ways.find((it) => it.value === value);
    if (way !== undefined) void send(way.body, `Installed in ${way.name}`, "installation");
  };
  return html`<label class="rate"
    >Installed in
    <select
      class="select"
      aria-label="Installation"
      value=${current}
      onChange=${(event: Event) => choose(valueOf(event))}
    >
      ${ways.map(({ value, name }) => html`<option value=${value}>${name}</option>`)}
    </select>
  </label>`;
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
    <select
      class="select"
      aria-label="Kind of person"
      value=""
      onChange=${(event: Event) => send({ user, kind: valueOf(event) }, `${person.name}: ${valueOf(event)}`, "people")}
    >
      <option value="" disabled>Make them…</option>
      ${kinds.map((kind) => html`<option value=${kind}>${kind.replaceAll("_", " ")}</option>`)}
    </select>
    ${deeds.map(({ name, body }) => drawDeed(name, () => send(body, `${person.name}: ${name}`)))}
  </fieldset>`;
}

function drawDeed(name: string, deed: () => Promise<void>): Markup {
  return html`<button type="button" class="button small" onClick=${deed}>${name}</button>`;
}
