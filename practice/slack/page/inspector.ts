import { h } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { valueOf } from "./blocks/control-props.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { JsonView } from "./json-view.ts";
import { LiveContext } from "./live.ts";
import { sizeText } from "./moments.ts";
import { readTraffic } from "./traffic.ts";
import type { Traffic } from "./traffic.ts";
import { read } from "./workspace-api.ts";

const atMost = 500;
const gatherMs = 150;

const directions: Readonly<Record<string, { readonly mark: string; readonly title: string }>> = {
  web_api: { mark: "→", title: "call of the app to the Web API" },
  envelope: { mark: "←", title: "delivery to the app" },
  response_url: { mark: "→", title: "answer of the app to a response_url" },
  upload: { mark: "→", title: "upload of the app" },
  socket: { mark: "⇄", title: "Socket Mode connection" },
};

/** What goes between the workspace and the app, newest first; a click on a line opens both bodies. */
export function Inspector(): Markup {
  const [entries, problem] = useTraffic();
  const [filter, setFilter] = useState("");
  const [open, setOpen] = useState<number>();
  const shown = entries.filter((entry) => `${entry.kind} ${entry.name} ${entry.status}`.includes(filter)).toReversed();
  return html`<div class="inspector">
    <div class="drawer-head">
      <h2>Traffic</h2>
      <input
        class="text-input"
        type="search"
        placeholder="Filter: chat.update, block_actions, error…"
        aria-label="Filter traffic"
        value=${filter}
        onInput=${(event: Event) => setFilter(valueOf(event))}
      />
      <small>${shown.length} of ${entries.length}</small>
      ${problem === "" ? null : html`<span class="status bad">${problem}</span>`}
    </div>
    <div class="traffic" role="table" aria-label="Traffic between workspace and app">
      <div class="traffic-row head" role="row">
        ${["Time", "", "Method or envelope", "Status", "ms", "Request", "Response"].map((title) => html`<span role="columnheader">${title}</span>`)}
      </div>
      ${shown.map((entry) =>
        h(TrafficRow, {
          key: entry.n,
          entry,
          isOpen: open === entry.n,
          toggle: () => setOpen(open === entry.n ? undefined : entry.n),
        }),
      )}
    </div>
  </div>`;
}

type TrafficRowProps = { readonly entry: Traffic; readonly isOpen: boolean; readonly toggle: () => void };

function TrafficRow({ entry, isOpen, toggle }: TrafficRowProps): Markup {
  const direction = directions[entry.kind] ?? { mark: "·", title: entry.kind };
  const isFine = /^(?:ok|acked|2\d\d|open|connected|closed)\b/i.test(entry.status);
  return html`<div class="traffic-entry" role="rowgroup">
    <button
      type="button"
      class="traffic-row"
      role="row"
      aria-expanded=${isOpen}
      data-traffic=${entry.n}
      onClick=${toggle}
    >
      <span role="cell">${new Date(entry.at).toISOString().slice(11, 23)}</span>
      <span role="cell" title=${direction.title}>${direction.mark}</span>
      <span role="cell" class="traffic-name">${entry.name}</span>
      <span role="cell" class=${isFine ? "good" : "bad"}>${entry.status}</span>
      <span role="cell" class="number">${entry.ms === undefined ? "–" : Math.round(entry.ms)}</span>
      <span role="cell" class="number">${sizeText(entry.bytesIn)}</span>
      <span role="cell" class="number">${sizeText(entry.bytesOut)}</span>
    </button>
    ${
      isOpen
        ? html`<div class="traffic-bodies">
            ${h(JsonView, { value: entry.request, label: "Request" })}
            ${h(JsonView, { value: entry.response, label: "Response" })}
          </div>`
        : null
    }
  </div>`;
}

/** Fetches only what is new; announcements that come close together make one fetch. */
function useTraffic(): readonly [readonly Traffic[], string] {
  const live = useContext(LiveContext);
  const [entries, setEntries] = useState<readonly Traffic[]>([]);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const ended = new AbortController();
    let newest = 0;
    let timer: number | undefined;
    const fetchNew = async (): Promise<void> => {
      try {
        const fresh = readTraffic(await read(`/practice/traffic?after=${newest}`, ended.signal)).filter(
          (it) => it.n > newest,
        );
        newest = fresh.at(-1)?.n ?? newest;
        setEntries((before) => [...before, ...fresh].slice(-atMost));
        setProblem("");
      } catch (error) {
        if (!ended.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      }
      timer = undefined;
    };
    const forget = live?.listen(({ what }) => {
      if (what === "traffic" || what === "everything") timer ??= window.setTimeout(() => void fetchNew(), gatherMs);
    });
    void fetchNew();
    return () => {
      ended.abort();
      window.clearTimeout(timer);
      forget?.();
    };
  }, [live]);
  return [entries, problem];
}
