import { h } from "preact";
import { useEffect } from "preact/hooks";
import { Avatar } from "./avatar.ts";
import { Blocks } from "./blocks/block.ts";
import { SurfaceContext, useForm } from "./blocks/surface.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { useLive } from "./live.ts";
import { readViews } from "./model.ts";
import { personOf, useViewer } from "./viewer.ts";
import { act } from "./workspace-api.ts";

const untouched = {};

/** The bot's App Home as it was published for the acting person; opening it tells the bot. */
export function HomePane(): Markup {
  const { me, workspace, tell } = useViewer();
  const form = useForm(untouched, untouched);
  useEffect(() => {
    void act("home", { user: me.id }).then(({ problem }) => problem !== "" && tell(problem));
  }, [me.id, tell]);
  const home = useLive({ path: `/practice/views?user=${me.id}`, parse: readViews, what: "views" }).value?.home;
  const surface = { kind: "view", viewId: home?.id ?? "", form } as const;
  return html`<main class="pane" data-testid="home" data-view-id=${home?.id}>
    <header class="pane-head">
      ${h(Avatar, { person: personOf(workspace, workspace.bot.userId), size: "small" })}
      <h1>${workspace.bot.name}</h1>
      <span class="topic">App Home, as ${me.name} sees it</span>
    </header>
    <div class="home-body">
      ${
        home === undefined
          ? html`<p class="empty">The bot has not published a Home view for ${me.name} yet.</p>`
          : h(SurfaceContext.Provider, { value: surface, children: h(Blocks, { blocks: home.blocks }) })
      }
    </div>
  </main>`;
}
