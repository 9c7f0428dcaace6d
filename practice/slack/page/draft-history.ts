const atMost = 50;

/** What somebody sent in this tab, oldest first. */
export function sentBy(user: string): readonly string[] {
  return (sessionStorage.getItem(keyFor(user)) ?? "").split("\n").filter((line) => line !== "");
}

/** Remembers a sent line, so that the arrow-up key brings it back. */
export function rememberSent(user: string, line: string): void {
  const lines = [...sentBy(user).filter((it) => it !== line), line.replaceAll("\n", " ")];
  sessionStorage.setItem(keyFor(user), lines.slice(-atMost).join("\n"));
}

function keyFor(user: string): string {
  return `practice.sent.${user}`;
}
