import { useCallback, useState } from "preact/hooks";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";

const shownMs = 6_000;
const atMost = 3;

type Toast = { readonly id: number; readonly text: string };

let counter = 0;

/** Short notices at the edge of the page; they go away by themselves and never steal the focus. */
export function useToasts(): readonly [(text: string) => void, Markup] {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const drop = (id: number): void => setToasts((all) => all.filter((toast) => toast.id !== id));
  const tell = useCallback((text: string) => {
    counter += 1;
    const id = counter;
    setToasts((all) => [...all.slice(1 - atMost), { id, text }]);
    window.setTimeout(() => drop(id), shownMs);
  }, []);
  const drawn = html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.map(
      ({ id, text }) =>
        html`<div class="toast" key=${id}>
          <span>${text}</span
          ><button type="button" class="quiet" aria-label="Close notice" onClick=${() => drop(id)}>✕</button>
        </div>`,
    )}
  </div>`;
  return [tell, drawn];
}
