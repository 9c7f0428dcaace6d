import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import type { Workspace } from "./model.ts";

/** One completion of what is being typed; `byEnter` when Enter takes it instead of sending. */
export type Suggestion = {
  readonly title: string;
  readonly detail: string;
  readonly draft: string;
  readonly byEnter: boolean;
};

const atMost = 8;

/** What could come next: slash commands, the words of a command's usage hint, or names after an `@`. */
export function suggestionsFor(draft: string, workspace: Workspace): readonly Suggestion[] {
  const found = draft.startsWith("/") ? commandSuggestions(draft, workspace) : [];
  return [...found, ...nameSuggestions(draft, workspace)]
    .filter(({ draft: next }) => next.trim() !== draft.trim())
    .slice(0, atMost);
}

function commandSuggestions(draft: string, workspace: Workspace): readonly Suggestion[] {
  const [command = "", word, ...rest] = draft.split(" ");
  if (word === undefined) {
    return workspace.commands
      .filter((it) => it.command.startsWith(command))
      .map((it) => ({ title: it.command, detail: it.description, draft: `${it.command} `, byEnter: true }));
  }
  const usage = workspace.commands.find((it) => it.command === command)?.usage ?? "";
  if (rest.length > 0 || usage === "") return [];
  return wordsOf(usage)
    .filter((it) => it.startsWith(word))
    .map((it) => ({ title: it, detail: command, draft: `${command} ${it} `, byEnter: false }));
}

/** The plain words between the bars of a usage hint such as `[plan|start|status] <environment>`. */
function wordsOf(usage: string): readonly string[] {
  return usage
    .split(/[|,[\]]/)
    .map((part) => part.trim().split(" ")[0] ?? "")
    .filter((word) => /^[a-z][a-z-]+$/.test(word));
}

function nameSuggestions(draft: string, workspace: Workspace): readonly Suggestion[] {
  const typed = /(?:^|\s)@([\w.-]*)$/.exec(draft)?.[1];
  if (typed === undefined) return [];
  const start = draft.slice(0, draft.length - typed.length);
  const people = workspace.people
    .filter((it) => !it.isDeleted)
    .map((it) => ({ title: it.name, detail: `${it.realName} · ${it.id}`, handle: it.handle }));
  const groups = workspace.groups.map((it) => ({
    title: it.handle,
    detail: `group of ${it.users.length} people`,
    handle: it.handle,
  }));
  return [...people, ...groups]
    .filter((it) => it.title.startsWith(typed) || it.handle.startsWith(typed))
    .map(({ title, detail, handle }) => ({ title, detail, draft: `${start}${handle} `, byEnter: true }));
}

type ListProps = {
  readonly suggestions: readonly Suggestion[];
  readonly active: number;
  readonly listId: string;
  readonly take: (suggestion: Suggestion) => void;
};

/** The list above the composer. */
export function SuggestionList({ suggestions, active, listId, take }: ListProps): Markup {
  if (suggestions.length === 0) return null;
  return html`<div class="suggestions" role="listbox" id=${listId} aria-label="Suggestions" data-testid="suggestions">
    ${suggestions.map(
      (suggestion, index) =>
        html`<div
          role="option"
          id=${`${listId}-${index}`}
          aria-selected=${index === active}
          class=${index === active ? "suggestion active" : "suggestion"}
          onMouseDown=${(event: Event) => {
            event.preventDefault();
            take(suggestion);
          }}
        >
          <strong>${suggestion.title}</strong><small>${suggestion.detail}</small>
        </div>`,
    )}
    <div class="suggestion-keys">↑↓ choose · Tab take</div>
  </div>`;
}
