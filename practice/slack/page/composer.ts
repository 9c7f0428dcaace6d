import { h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { valueOf } from "./blocks/control-props.ts";
import { useDraft } from "./draft.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import type { Channel } from "./model.ts";
import { useSending } from "./sending.ts";
import { SuggestionList } from "./suggestions.ts";
import { useViewer } from "./viewer.ts";

type ComposerProps = {
  readonly channel: Channel;
  readonly thread: string;
  /** A line that the page puts in for the person; empty when there is none. */
  readonly offered: string;
};

/** Where messages and slash commands are typed: Enter sends, arrow-up brings back, Tab completes. */
export function Composer({ channel, thread, offered }: ComposerProps): Markup {
  const { me, workspace } = useViewer();
  const field = useRef<HTMLTextAreaElement>(null);
  const { sending, notice, send, clearNotice } = useSending(channel, thread);
  const { text, suggestions, active, change, take, submit, pressed } = useDraft(send);
  useEffect(() => {
    if (offered !== "") change(offered);
    field.current?.focus();
  }, [offered]);
  const listId = `suggestions-${channel.id}-${thread}`;
  const label = `Message ${targetName(channel, thread, workspace.bot.name)} as ${me.name}`;
  const prefix = thread === "" ? "" : "thread-";
  const usage = workspace.commands.find((it) => text.startsWith(`${it.command} `))?.usage ?? "";
  return html`<div class="composer-area">
    ${sending === "" ? null : html`<div class="sending" role="status">Waiting for ${sending}…</div>`}
    ${notice === "" ? null : h(Notice, { notice, clearNotice })}
    ${h(SuggestionList, { suggestions, active, listId, take })}
    ${usage === "" ? null : html`<div class="usage">Usage: <code>${usage}</code></div>`}
    <div class="composer">
      <textarea
        ref=${field}
        rows=${Math.min(6, text.split("\n").length)}
        value=${text}
        placeholder=${label}
        aria-label=${label}
        aria-controls=${listId}
        aria-activedescendant=${suggestions.length === 0 ? undefined : `${listId}-${active}`}
        autocomplete="off"
        spellcheck=${false}
        data-testid=${`${prefix}composer`}
        onInput=${(event: Event) => change(valueOf(event))}
        onKeyDown=${pressed}
      ></textarea>
      <button
        type="button"
        class="button primary"
        aria-label="Send"
        data-testid=${`${prefix}send`}
        disabled=${text.trim() === ""}
        onClick=${submit}
      >
        Send
      </button>
    </div>
  </div>`;
}

function targetName(channel: Channel, thread: string, bot: string): string {
  if (thread !== "") return "thread";
  return channel.isDirect ? bot : `#${channel.name}`;
}

type NoticeProps = { readonly notice: string; readonly clearNotice: () => void };

function Notice({ notice, clearNotice }: NoticeProps): Markup {
  return html`<div class="notice" role="alert" data-testid="composer-notice">
    <span><small>👁 Only visible to you</small>${notice}</span>
    <button type="button" class="quiet" aria-label="Close notice" onClick=${clearNotice}>✕</button>
  </div>`;
}
