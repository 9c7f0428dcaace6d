import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { useViewer } from "./viewer.ts";

type JsonViewProps = { readonly value: unknown; readonly label: string };

/** A value as indented JSON with a button that copies it. */
export function JsonView({ value, label }: JsonViewProps): Markup {
  const { tell } = useViewer();
  const text = JSON.stringify(value, undefined, 2) ?? "nothing";
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      tell("Copied.");
    } catch (error) {
      tell(`The browser does not allow copying (${error instanceof Error ? error.message : String(error)}).`);
    }
  };
  return html`<div class="json">
    <div class="json-head">
      <span>${label}</span><button type="button" class="button small" onClick=${copy}>Copy</button>
    </div>
    <pre tabindex="0">${text}</pre>
  </div>`;
}
