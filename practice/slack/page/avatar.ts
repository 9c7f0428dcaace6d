import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import type { Person } from "./model.ts";

const tints = 8;

type AvatarProps = { readonly person: Person; readonly size?: "small" | "normal" };

/** A person's picture: their first letter on a colour made from their id (so that two carols look different). */
export function Avatar({ person, size = "normal" }: AvatarProps): Markup {
  if (person.isBot) return html`<img class=${`avatar bot ${size}`} src="/page/icon.svg" alt="" />`;
  const sum = Array.from(person.id, (char) => char.codePointAt(0) ?? 0).reduce((total, code) => total * 31 + code, 7);
  return html`<span class=${`avatar tint-${sum % tints} ${size}`} aria-hidden="true"
    >${person.name.charAt(0).toUpperCase()}</span
  >`;
}
