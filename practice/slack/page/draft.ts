import { useState } from "preact/hooks";
import { rememberSent, sentBy } from "./draft-history.ts";
import { reactionTo } from "./draft-keys.ts";
import { suggestionsFor } from "./suggestions.ts";
import type { Suggestion } from "./suggestions.ts";
import { useViewer } from "./viewer.ts";

/** What is being typed, what could complete it, and what the keys do. */
type Draft = {
  readonly text: string;
  readonly suggestions: readonly Suggestion[];
  readonly active: number;
  readonly change: (text: string) => void;
  readonly take: (suggestion: Suggestion) => void;
  readonly submit: () => void;
  readonly pressed: (event: KeyboardEvent) => void;
};

/** Holds the text of one composer; `send` gets a line when the person sends it. */
export function useDraft(send: (line: string) => Promise<void>): Draft {
  const { me, workspace } = useViewer();
  const [text, setText] = useState("");
  const [index, setIndex] = useState(0);
  const [dismissed, setDismissed] = useState("");
  const [back, setBack] = useState(0);
  const suggestions = dismissed === text ? [] : suggestionsFor(text, workspace);
  const active = Math.min(index, suggestions.length - 1);
  const chosen = suggestions[active];
  const change = (next: string): void => {
    setText(next);
    setIndex(0);
    setDismissed("");
  };
  const submit = (): void => {
    const line = text.trim();
    if (line === "") return;
    rememberSent(me.id, line);
    setBack(0);
    change("");
    void send(line);
  };
  const recall = (step: number): void => {
    const sent = sentBy(me.id);
    const next = Math.max(0, Math.min(sent.length, back + step));
    const line = sent[sent.length - next] ?? "";
    setBack(next);
    change(line);
    setDismissed(line);
  };
  const reactions = {
    none: () => undefined,
    send: submit,
    take: () => chosen && change(chosen.draft),
    dismiss: () => setDismissed(text),
    next: () => setIndex((active + 1) % suggestions.length),
    previous: () => setIndex((active + suggestions.length - 1) % suggestions.length),
    older: () => recall(1),
    newer: () => recall(-1),
  } as const;
  const pressed = (event: KeyboardEvent): void => {
    const typing = { draft: text, isRecalling: back > 0, count: suggestions.length, byEnter: chosen?.byEnter === true };
    const reaction = reactionTo(event, typing);
    if (reaction === "none") return;
    event.preventDefault();
    event.stopPropagation();
    reactions[reaction]();
  };
  return { text, suggestions, active, change, take: (suggestion) => change(suggestion.draft), submit, pressed };
}
