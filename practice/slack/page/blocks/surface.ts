import { createContext } from "preact";
import { useContext, useMemo, useState } from "preact/hooks";
import { type Fields, asFields, fieldsAt, flagAt, isFields, textAt } from "#practice/slack/page/json.ts";
import { useViewer } from "#practice/slack/page/viewer.ts";
import type { ConfirmDialog } from "#practice/slack/page/viewer.ts";
import { act } from "#practice/slack/page/workspace-api.ts";

/** Where blocks stand; the workspace finds an element by it. */
type Surface =
  | { readonly kind: "message"; readonly channel: string; readonly ts: string; readonly form: Form }
  | { readonly kind: "view"; readonly viewId: string; readonly form: Form };

/** What a person has filled in so far, by block_id and action_id. */
type Form = {
  readonly values: Fields;
  readonly errors: Fields;
  readonly set: (blockId: string, actionId: string, value: unknown) => void;
};

/** Holds what a person fills in; until they touch an input it has what the bot put there. */
export function useForm(initial: Fields, errors: Fields): Form {
  const [typed, setTyped] = useState<Fields>({});
  const values = useMemo(() => mergeBlocks(initial, typed), [initial, typed]);
  const set = (blockId: string, actionId: string, value: unknown): void =>
    setTyped((before) => mergeBlocks(before, { [blockId]: { [actionId]: value } }));
  return { values, errors, set };
}

function mergeBlocks(below: Fields, above: Fields): Fields {
  const merged = Object.entries(above).map(([blockId, actions]): [string, Fields] => [
    blockId,
    { ...fieldsAt(below, blockId), ...asFields(actions) },
  ]);
  return { ...below, ...Object.fromEntries(merged) };
}

/** The surface around the blocks that are drawn. */
export const SurfaceContext = createContext<Surface | undefined>(undefined);

/** The surface; undefined where blocks are only looked at (a preview). */
export function useSurface(): Surface | undefined {
  return useContext(SurfaceContext);
}

/** One interactive element with the block that it stands in. */
export type Placed = { readonly element: Fields; readonly blockId: string };

/** What a click carries besides the element itself. */
type Choice = { readonly value?: string; readonly selected?: unknown };

/** The state of one element: `idle`, on its way to the app, or refused with what Slack would show. */
export type Press =
  | { readonly kind: "idle" }
  | { readonly kind: "busy" }
  | { readonly kind: "refused"; readonly problem: string };

/** Sends clicks on an element to the app, after its confirm dialog where it has one. */
export function usePress({ element, blockId }: Placed): readonly [Press, (choice?: Choice) => Promise<void>] {
  const viewer = useViewer();
  const surface = useSurface();
  const [state, setState] = useState<Press>({ kind: "idle" });
  const press = async (choice: Choice = {}): Promise<void> => {
    if (surface === undefined || state.kind === "busy") return;
    const dialog = element["confirm"];
    if (isFields(dialog) && !(await viewer.confirm(readConfirm(dialog)))) return;
    setState({ kind: "busy" });
    const where =
      surface.kind === "message" ? { channel: surface.channel, ts: surface.ts } : { view_id: surface.viewId };
    const target = { user: viewer.me.id, ...where, action_id: textAt(element, "action_id"), block_id: blockId };
    // As Slack's client: the click is on what this page shows, also when the message was redrawn a moment ago
    // (behind an open confirm dialog, say).
    const shown = surface.kind === "message" ? { stale: true, ...valueOf(element) } : {};
    const outcome = await act("actions", { ...target, ...shown, ...choice, values: surface.form.values });
    setState(outcome.problem === "" ? { kind: "idle" } : { kind: "refused", problem: outcome.problem });
    // The element may be gone by now, and its own warning with it.
    if (outcome.problem !== "" && !outcome.delivered) viewer.tell(outcome.problem);
  };
  return [state, press];
}

function valueOf(element: Fields): { readonly value?: string } {
  const value = element["value"];
  return typeof value === "string" ? { value } : {};
}

function readConfirm(dialog: Fields): ConfirmDialog {
  const text = fieldsAt(dialog, "text");
  return {
    title: textAt(fieldsAt(dialog, "title"), "text"),
    text: textAt(text, "text"),
    isMrkdwn: textAt(text, "type") === "mrkdwn",
    confirm: textAt(fieldsAt(dialog, "confirm"), "text") || "Yes",
    deny: textAt(fieldsAt(dialog, "deny"), "text") || "Cancel",
    isDanger: textAt(dialog, "style") === "danger" || flagAt(dialog, "danger"),
  };
}
