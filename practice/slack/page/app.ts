import { h } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { Frame } from "./frame.ts";
import { Live, LiveContext, useLive } from "./live.ts";
import { readWorkspace } from "./model.ts";
import type { Workspace } from "./model.ts";
import { actingPerson, rememberPerson } from "./session.ts";
import { act } from "./workspace-api.ts";

const nobody = "U0ALICE01";

/** The whole page: whom this tab acts as, their stream of announcements, and the frame around everything. */
export function App(): Markup {
  const [user, setUser] = useState(() => actingPerson(nobody));
  const [connected, setConnected] = useState(true);
  const live = useMemo(() => new Live(user, setConnected), [user]);
  useEffect(() => {
    live.open();
    return () => live.close();
  }, [live]);
  const become = useCallback((next: string) => {
    rememberPerson(next);
    setUser(next);
  }, []);
  return h(LiveContext.Provider, {
    value: live,
    children: h(Loaded, { key: user, user, connected, become }),
  });
}

type LoadedProps = {
  readonly user: string;
  readonly connected: boolean;
  readonly become: (user: string) => void;
};

function Loaded({ user, connected, become }: LoadedProps): Markup {
  const ready = useReload(user);
  const state = useLive<Workspace>({ path: "/practice/state", parse: readWorkspace, what: "state" });
  const workspace = state.value;
  if (workspace === undefined || !ready) {
    return html`<p class="starting" role="status">${state.problem || "Opening the practice workspace…"}</p>`;
  }
  const me = workspace.people.find((person) => person.id === user);
  if (me !== undefined) return h(Frame, { me, workspace, connected, become });
  return html`<p class="starting" role="alert">
    There is nobody with the id ${user} in this workspace.
    <button type="button" class="button" onClick=${() => become(nobody)}>Act as alice</button>
  </p>`;
}

/** Slack's clients forget ephemeral messages when they load, so the workspace is told of every load. */
function useReload(user: string): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    void act("reload", { user }).then(() => setReady(true));
  }, [user]);
  return ready;
}
