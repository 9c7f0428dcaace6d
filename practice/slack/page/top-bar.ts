import { armedFaults } from "./armed-faults.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import type { OpenDrawer } from "./frame.ts";
import { useViewer } from "./viewer.ts";

type TopBarProps = {
  readonly connected: boolean;
  readonly drawer: OpenDrawer;
  readonly setDrawer: (drawer: OpenDrawer) => void;
  readonly readsAloud: boolean;
  readonly setReadsAloud: (on: boolean) => void;
};

/** The banner that says what this is, the state of the bot's connections, and the switches of the page. */
export function TopBar({ connected, drawer, setDrawer, readsAloud, setReadsAloud }: TopBarProps): Markup {
  const { workspace } = useViewer();
  const { connections, name } = workspace.bot;
  const armed = armedFaults(workspace).length;
  const toggle = (which: OpenDrawer): void => setDrawer(drawer === which ? "none" : which);
  const botState = connections > 0 ? `connected (${connections})` : "not connected";
  return html`<header class="top-bar" role="banner">
    <span class="banner-mark" aria-hidden="true"></span>
    <strong class="banner">PRACTICE — a simulator, not Slack</strong>
    <span class="top-space"></span>
    ${connected ? null : html`<span class="status bad" role="alert">Lost the workspace, trying again…</span>`}
    <span class=${connections > 0 ? "status good" : "status bad"} data-testid="bot-status"
      ><span class="wide-only">${name}</span>${botState}</span
    >
    <button
      type="button"
      class="toggle"
      aria-pressed=${readsAloud}
      data-testid="screen-reader"
      onClick=${() => setReadsAloud(!readsAloud)}
    >
      As a screen reader
    </button>
    <button
      type="button"
      class="toggle"
      aria-pressed=${drawer === "traffic"}
      data-testid="open-inspector"
      onClick=${() => toggle("traffic")}
    >
      Traffic
    </button>
    <button
      type="button"
      class="toggle"
      aria-pressed=${drawer === "faults"}
      data-testid="open-faults"
      onClick=${() => toggle("faults")}
    >
      Faults${armed === 0 ? null : html` <span class="count" aria-label=${`${armed} armed`}>${armed}</span>`}
    </button>
  </header>`;
}
