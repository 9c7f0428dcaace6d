import type { Inline } from "./syntax.ts";

const escapes: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Undoes Slack's three escapes, and only those (docs.slack.dev, formatting message text). */
export function unescapeText(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt);/g, (escape) => escapes[escape] ?? escape);
}

/** Reads what stands between `<` and `>`; undefined when it is no control sequence of Slack. */
export function parseEntity(inner: string): Inline | undefined {
  const bar = inner.indexOf("|");
  const target = bar === -1 ? inner : inner.slice(0, bar);
  const label = bar === -1 ? "" : unescapeText(inner.slice(bar + 1));
  if (/^@[UW][A-Z0-9]+$/.test(target)) return { kind: "user", id: target.slice(1), label };
  if (/^#[CDG][A-Z0-9]+$/.test(target)) return { kind: "channel", id: target.slice(1), label };
  if (target.startsWith("!")) return parseCommand(target.slice(1), label);
  const url = unescapeText(target);
  return /^(?:https?:\/\/|mailto:|tel:)\S+$/i.test(url) ? { kind: "link", url, label } : undefined;
}

function parseCommand(command: string, label: string): Inline | undefined {
  if (command === "here" || command === "channel" || command === "everyone") return { kind: "range", range: command };
  const [name = "", ...rest] = command.split("^");
  if (name === "subteam" && rest[0] !== undefined) return { kind: "group", id: rest[0], label };
  if (name === "date" && /^-?\d+$/.test(rest[0] ?? "")) {
    return {
      kind: "date",
      seconds: Number(rest[0]),
      format: unescapeText(rest[1] ?? ""),
      link: rest[2] ?? "",
      fallback: label,
    };
  }
  // Slack shows the label of a command that it does not know.
  return label === "" ? undefined : { kind: "text", text: label };
}
