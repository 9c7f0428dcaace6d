import { h } from "preact";
import { useCallback, useState } from "preact/hooks";
import { ChannelPane } from "./channel-pane.ts";
import { useConfirm } from "./confirm-dialog.ts";
import { Drawer } from "./drawer.ts";
import { HomePane } from "./home-pane.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { useLive } from "./live.ts";
import { ModalStack } from "./modal.ts";
import { readNotices } from "./model.ts";
import type { Person, Workspace } from "./model.ts";
import { usePlace } from "./session.ts";
import type { Place } from "./session.ts";
import { Sidebar } from "./sidebar.ts";
import { ThreadPane } from "./thread-pane.ts";
import { useToasts } from "./toasts.ts";
import { TopBar } from "./top-bar.ts";
import { ViewerContext } from "./viewer.ts";
import { mayEnter } from "./membership.ts";

type FrameProps = {
  readonly me: Person;
  readonly workspace: Workspace;
  readonly connected: boolean;
  readonly become: (user: string) => void;
};

/** Which drawer stands open at the bottom. */
export type OpenDrawer = "none" | "traffic" | "faults";

/** Banner, side bar, the chosen place, its thread, and what lies on top of them. */
export function Frame({ me, workspace, connected, become }: FrameProps): Markup {
  const [hashPlace, go] = usePlace();
  const [drawer, setDrawer] = useState<OpenDrawer>("none");
  const [readsAloud, setReadsAloud] = useState(false);
  const [confirm, confirmDialog] = useConfirm();
  const [tell, toasts] = useToasts();
  const place = placeFor(hashPlace, me, workspace);
  const notices =
    useLive({ path: `/practice/notifications?user=${me.id}`, parse: readNotices, what: "notifications" }).value ?? [];
  const openChannel = useCallback((channel: string, thread = "") => go({ kind: "channel", channel, thread }), [go]);
  const viewer = { me, workspace, readsAloud, openChannel, confirm, tell };
  return h(ViewerContext.Provider, {
    value: viewer,
    children: html`<div class="frame">
      ${h(TopBar, { connected, drawer, setDrawer, readsAloud, setReadsAloud })}
      <div class=${place.kind === "channel" && place.thread !== "" ? "columns with-thread" : "columns"}>
        ${h(Sidebar, { place, notices, become, go })} ${drawPlace(place)}
      </div>
      ${drawer === "none" ? null : h(Drawer, { drawer, setDrawer })} ${h(ModalStack, {})} ${confirmDialog} ${toasts}
    </div>`,
  });
}

function drawPlace(place: Place): Markup {
  if (place.kind === "home") return h(HomePane, {});
  const { channel, thread } = place;
  return [
    h(ChannelPane, { key: channel, channelId: channel, thread }),
    thread === "" ? null : h(ThreadPane, { key: `${channel}/${thread}`, channelId: channel, thread }),
  ];
}

/** The chosen place, or the first channel that this person may see where none (or a foreign one) is chosen. */
function placeFor(chosen: Place, me: Person, workspace: Workspace): Place {
  if (chosen.kind === "home") return chosen;
  const isKnown = workspace.channels.some((channel) => channel.id === chosen.channel);
  if (isKnown) return chosen;
  const first = workspace.channels.find((channel) => mayEnter(me, channel)) ?? workspace.channels[0];
  return { kind: "channel", channel: first?.id ?? "", thread: "" };
}
