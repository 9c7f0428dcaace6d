import { h } from "preact";
import { useCallback, useState } from "preact/hooks";
import { Dialog } from "./dialog.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { Mrkdwn, PlainText } from "./mrkdwn/mrkdwn.ts";
import type { ConfirmDialog } from "./viewer.ts";

type Question = ConfirmDialog & { readonly answer: (yes: boolean) => void };

/** Asks the question of a confirm object before a click goes out; the promise tells the answer. */
export function useConfirm(): readonly [(dialog: ConfirmDialog) => Promise<boolean>, Markup] {
  const [question, setQuestion] = useState<Question>();
  const ask = useCallback((dialog: ConfirmDialog) => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const answer = (yes: boolean): void => {
      setQuestion(undefined);
      resolve(yes);
    };
    setQuestion({ ...dialog, answer });
    return promise;
  }, []);
  return [ask, question === undefined ? null : h(QuestionDialog, question)];
}

function QuestionDialog({ title, text, isMrkdwn, confirm, deny, isDanger, answer }: Question): Markup {
  const body = html`<form
    class="question"
    onSubmit=${(event: Event) => {
      event.preventDefault();
      answer(true);
    }}
  >
    <h2>${h(PlainText, { text: title })}</h2>
    <div class="mrkdwn">${isMrkdwn ? h(Mrkdwn, { text }) : h(PlainText, { text })}</div>
    <footer>
      <button type="button" class="button" data-testid="confirm-deny" onClick=${() => answer(false)}>
        ${h(PlainText, { text: deny })}
      </button>
      <button type="submit" class=${isDanger ? "button danger solid" : "button primary"} data-testid="confirm-accept">
        ${h(PlainText, { text: confirm })}
      </button>
    </footer>
  </form>`;
  return h(Dialog, { name: title, testId: "confirm", onClose: () => answer(false), children: body });
}
