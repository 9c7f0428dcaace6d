import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";

/** Whoever opens a dialog wants to fill it in or to answer it, not to land on its close button. */
const firstField = "textarea, select, input, button[type=submit]";

type DialogProps = {
  readonly name: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly children: Markup;
};

/** A modal dialog of the browser: focus stays inside, Esc closes, and focus returns to where it was. */
export function Dialog({ name, testId, onClose, children }: DialogProps): Markup {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    const wanted = dialog.current?.querySelector(firstField);
    if (wanted instanceof HTMLElement) wanted.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancelled = (event: Event): void => {
    // Closing is the business of whoever opened the dialog, so the browser must not do it by itself.
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${dialog} class="dialog" aria-label=${name} data-testid=${testId} onCancel=${cancelled}>
    ${children}
  </dialog>`;
}
