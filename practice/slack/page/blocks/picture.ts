import { useState } from "preact/hooks";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, fieldsAt, textAt } from "#practice/slack/page/json.ts";

type PictureProps = { readonly picture: Fields; readonly isBlock: boolean };

/**
 * An image; where it cannot be loaded its alternative text stands in its place.
 * Pictures of other hosts are never fetched: this page talks to the machine that it runs on.
 */
export function Picture({ picture, isBlock }: PictureProps): Markup {
  const [failed, setFailed] = useState(false);
  const address = textAt(picture, "image_url");
  const alt = textAt(picture, "alt_text");
  const title = textAt(fieldsAt(picture, "title"), "text");
  const isLocal = address.startsWith("/") || address.startsWith("data:image/") || address.startsWith(location.origin);
  const drawn =
    failed || !isLocal
      ? html`<span class="picture-missing" role="img" aria-label=${alt} title=${address}>🖼 ${alt}</span>`
      : html`<img src=${address} alt=${alt} onError=${() => setFailed(true)} />`;
  if (!isBlock) return html`<span class="picture-small">${drawn}</span>`;
  return html`<figure class="picture">
    ${title === "" ? null : html`<figcaption>${title}</figcaption>`}${drawn}
  </figure>`;
}
