/** The state of typing that decides what a key does. */
type Typing = {
  readonly draft: string;
  readonly isRecalling: boolean;
  readonly count: number;
  readonly byEnter: boolean;
};

/** What a key does in the composer; `none` leaves it to the browser. */
type Reaction = "none" | "send" | "take" | "dismiss" | "next" | "previous" | "older" | "newer";

/** Decides what a key does: suggestions come first, then sending and going back in history. */
export function reactionTo(event: KeyboardEvent, typing: Typing): Reaction {
  if (event.isComposing || event.shiftKey) return "none";
  const listed = typing.count > 0;
  if (event.key === "Enter") return listed && typing.byEnter ? "take" : "send";
  return listed ? keyInList(event.key) : keyInHistory(event.key, typing);
}

function keyInList(key: string): Reaction {
  const reactions: Readonly<Record<string, Reaction>> = {
    Tab: "take",
    Escape: "dismiss",
    ArrowUp: "previous",
    ArrowDown: "next",
  };
  return reactions[key] ?? "none";
}

function keyInHistory(key: string, { draft, isRecalling }: Typing): Reaction {
  if (key === "ArrowUp" && (draft === "" || isRecalling)) return "older";
  return key === "ArrowDown" && isRecalling ? "newer" : "none";
}
