import { h } from "preact";
import { FaultPanel } from "./fault-panel.ts";
import type { OpenDrawer } from "./frame.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { Inspector } from "./inspector.ts";

type DrawerProps = { readonly drawer: OpenDrawer; readonly setDrawer: (drawer: OpenDrawer) => void };

/** The drawer at the bottom: the traffic or the faults. */
export function Drawer({ drawer, setDrawer }: DrawerProps): Markup {
  const close = (): void => setDrawer("none");
  return html`<section
    class="drawer"
    data-testid=${drawer === "traffic" ? "inspector" : "faults"}
    aria-label=${drawer === "traffic" ? "Traffic" : "Faults"}
    onKeyDown=${(event: KeyboardEvent) => event.key === "Escape" && close()}
  >
    <button type="button" class="quiet drawer-close" aria-label="Close drawer" onClick=${close}>✕</button>
    ${drawer === "traffic" ? h(Inspector, {}) : h(FaultPanel, {})}
  </section>`;
}
