import { h } from "preact";
import { useState } from "preact/hooks";
import { Markdown } from "./blocks/markdown.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import type { SharedFile } from "./model.ts";
import { sizeText } from "./moments.ts";

const previewBytes = 500_000;

type Preview =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly text: string }
  | { readonly kind: "failed"; readonly problem: string };

/** A shared file: name, size, a look inside where it is text, and the download. */
export function FileCard({ file }: { readonly file: SharedFile }): Markup {
  const [preview, setPreview] = useState<Preview>({ kind: "closed" });
  const address = `/practice/files/${encodeURIComponent(file.id)}`;
  const toggle = async (): Promise<void> => {
    if (preview.kind === "open") setPreview({ kind: "closed" });
    else setPreview(await fetchPreview(address));
  };
  const canPreview = file.size <= previewBytes && isText(file);
  return html`<div class="file" data-file=${file.id}>
    <div class="file-head">
      <span class="file-icon" aria-hidden="true">${extensionOf(file.name)}</span>
      <span class="file-name"><strong>${file.title}</strong><small>${file.name} · ${sizeText(file.size)}</small></span>
      ${
        canPreview
          ? html`<button type="button" class="button small" aria-expanded=${preview.kind === "open"} onClick=${toggle}>
              ${preview.kind === "open" ? "Close" : "Preview"}
            </button>`
          : null
      }
      <a class="button small" href=${address} download=${file.name} aria-label=${`Download ${file.name}`}>Download</a>
    </div>
    ${isPicture(file) ? html`<img class="file-picture" src=${address} alt=${file.altText} />` : null}
    ${preview.kind === "failed" ? html`<div class="press-problem" role="alert">⚠ ${preview.problem}</div>` : null}
    ${preview.kind === "open" ? html`<div class="file-preview" tabindex="0">${drawPreview(file, preview.text)}</div>` : null}
  </div>`;
}

async function fetchPreview(address: string): Promise<Preview> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) return { kind: "failed", problem: `The file could not be read (status ${response.status}).` };
    return { kind: "open", text: await response.text() };
  } catch (error) {
    return { kind: "failed", problem: error instanceof Error ? error.message : String(error) };
  }
}

function drawPreview(file: SharedFile, text: string): Markup {
  const extension = extensionOf(file.name);
  if (extension === "MD") return h(Markdown, { source: text });
  return html`<pre class="pre">${extension === "JSON" ? indented(text) : text}</pre>`;
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    // Not one JSON document (lines of JSON, or cut off): shown as it is.
    return text;
  }
}

function extensionOf(name: string): string {
  return name.includes(".") ? (name.split(".").at(-1) ?? "").toUpperCase().slice(0, 5) : "FILE";
}

function isPicture(file: SharedFile): boolean {
  return file.mimetype === "image/png";
}

function isText(file: SharedFile): boolean {
  const known = ["MD", "TXT", "JSON", "JSONL", "YAML", "YML", "LOG", "CONF", "SQL", "DIFF", "CSV", "NOTE"];
  return known.includes(extensionOf(file.name)) || file.mimetype.startsWith("text/") || file.mimetype.includes("json");
}
