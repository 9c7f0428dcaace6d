import { h } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Blocks } from "./blocks/block.ts";
import { initialValue } from "./blocks/control.ts";
import { SurfaceContext, useForm } from "./blocks/surface.ts";
import { Dialog } from "./dialog.ts";
import { html } from "./html.ts";
import type { Markup } from "./html.ts";
import { type Fields, asFields, fieldsAt, flagAt, numberAt, textAt } from "./json.ts";
import { useLive } from "./live.ts";
import { readViews } from "./model.ts";
import type { View } from "./model.ts";
import { PlainText } from "./mrkdwn/mrkdwn.ts";
import { useViewer } from "./viewer.ts";
import { act } from "./workspace-api.ts";

/** The acting person's open modals: the top one is shown, the others wait below it. */
export function ModalStack(): Markup {
  const { me } = useViewer();
  const views = useLive({ path: `/practice/views?user=${me.id}`, parse: readViews, what: "views" }).value;
  const modals = views?.modals ?? [];
  const top = modals.at(-1);
  return top === undefined ? null : h(Modal, { key: top.id, view: top, depth: modals.length });
}

type ModalProps = { readonly view: View; readonly depth: number };

function Modal({ view, depth }: ModalProps): Markup {
  const { me } = useViewer();
  const [ownErrors, setOwnErrors] = useState<Fields>({});
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const initial = useMemo(() => initialValues(view.blocks), [view.blocks]);
  const form = useForm(initial, { ...view.errors, ...ownErrors });
  const close = (): void =>
    void act("views/close", { user: me.id, view_id: view.id }).then((outcome) => setProblem(outcome.problem));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const missing = missingAnswers(view.blocks, form.values);
    setOwnErrors(missing);
    setProblem("");
    if (busy || Object.keys(missing).length > 0) return;
    setBusy(true);
    const outcome = await act("views/submit", { user: me.id, view_id: view.id, values: form.values });
    setBusy(false);
    setOwnErrors(answeredErrors(outcome.answer));
    setProblem(outcome.problem);
  };
  const surface = { kind: "view", viewId: view.id, form } as const;
  const body = html`<form class="modal" onSubmit=${submit} novalidate data-view-id=${view.id}>
    <header>
      <h2>${h(PlainText, { text: view.title })}</h2>
      ${depth > 1 ? html`<small class="modal-depth">${depth} of at most 3 views</small>` : null}
      <button type="button" class="quiet" aria-label="Close" onClick=${close}>✕</button>
    </header>
    <div class="modal-body">
      ${h(SurfaceContext.Provider, { value: surface, children: h(Blocks, { blocks: view.blocks }) })}
    </div>
    <footer>
      ${problem === "" ? null : html`<span class="modal-problem" role="alert">⚠ ${problem}</span>`}
      <button type="button" class="button" data-testid="modal-close" onClick=${close}>${view.close || "Cancel"}</button>
      ${
        view.submit === ""
          ? null
          : html`<button type="submit" class="button primary" data-testid="modal-submit" aria-busy=${busy}>
              ${view.submit}
            </button>`
      }
    </footer>
  </form>`;
  return h(Dialog, { name: view.title, testId: "modal", onClose: close, children: body });
}

function inputsOf(blocks: readonly Fields[]): readonly { readonly block: Fields; readonly element: Fields }[] {
  return blocks
    .filter((block) => textAt(block, "type") === "input")
    .map((block) => ({ block, element: fieldsAt(block, "element") }));
}

function initialValues(blocks: readonly Fields[]): Fields {
  const pairs = inputsOf(blocks).map(({ block, element }): [string, Fields] => [
    textAt(block, "block_id"),
    { [textAt(element, "action_id")]: initialValue(element) },
  ]);
  return Object.fromEntries(pairs);
}

/** What Slack's client checks before it sends a submission: required fields and lengths. */
function missingAnswers(blocks: readonly Fields[], values: Fields): Fields {
  const wrong = inputsOf(blocks).flatMap(({ block, element }): [string, string][] => {
    const blockId = textAt(block, "block_id");
    const value = fieldsAt(values, blockId)[textAt(element, "action_id")];
    const isEmpty =
      value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
    if (isEmpty) return flagAt(block, "optional") ? [] : [[blockId, "Please complete this required field."]];
    const minimum = numberAt(element, "min_length");
    const isShort = typeof value === "string" && value.length < minimum;
    return isShort ? [[blockId, `Please enter at least ${minimum} characters.`]] : [];
  });
  return Object.fromEntries(wrong);
}

function answeredErrors(answer: unknown): Fields {
  const reply = asFields(answer);
  return textAt(reply, "response_action") === "errors" ? fieldsAt(reply, "errors") : {};
}
