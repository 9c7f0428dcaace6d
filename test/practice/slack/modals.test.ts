import type { ModalView } from "@slack/types";
import { expect, test } from "vitest";
import { socketApp } from "./app.ts";
import { type Json, type Stage, buttons, pick, reasonModal, stage } from "./stage.ts";

const BOB = "U0BOB0001";

type Answer = { readonly response_action: string; readonly [key: string]: unknown };
type Opened = {
  readonly stage: Stage;
  readonly viewId: string;
  readonly submitted: Json[];
  readonly trigger: () => Promise<string>;
};

/** A modal that is open for bob; the app answers his submissions with `answer`. */
async function opened(view: ModalView, answer?: Answer): Promise<Opened> {
  const s = await stage();
  const submitted: Json[] = [];
  let triggerId = "";
  await socketApp(s, (app) => {
    app.action(/.*/u, async ({ ack, body }) => {
      if (body.type === "block_actions") triggerId = body.trigger_id;
      await ack();
    });
    app.use(async ({ ack, body, next }) => {
      if (body["type"] !== "view_submission") return next();
      submitted.push({ ...body });
      triggerId = pick(body, "trigger_id");
      // The raw acknowledgement: Bolt's types do not let a wrong answer through.
      return Reflect.apply(ack ?? (() => undefined), undefined, answer === undefined ? [] : [answer]);
    });
  });
  const ts = pick(await s.api("chat.postMessage", { channel: "C0PRACTCE", text: "x", blocks: buttons("open") }), "ts");
  const trigger = async (): Promise<string> => {
    await s.person("actions", { user: BOB, channel: "C0PRACTCE", ts, action_id: "open" });
    return triggerId;
  };
  const viewId = pick(await s.api("views.open", { trigger_id: await trigger(), view }), "view.id");
  return { stage: s, viewId, submitted, trigger: async () => triggerId };
}

const asked = reasonModal({
  blocks: [
    ...reasonModal().blocks,
    {
      type: "input",
      block_id: "hours",
      optional: true,
      label: { type: "plain_text", text: "Hours" },
      element: { type: "number_input", action_id: "n", is_decimal_allowed: false, min_value: "1", max_value: "8" },
    },
  ],
});

const incomplete: readonly (readonly [string, Json, Json])[] = [
  ["a required field is empty", {}, { why: "Please complete this required field." }],
  ["a text is too short", { why: "no" }, { why: "Please use at least 3 characters." }],
  ["a number is out of range", { why: "because", hours: { n: "9" } }, { hours: "Please enter at most 8." }],
  ["a number is none", { why: "because", hours: "many" }, { hours: "Please enter a number." }],
];

test.each(incomplete)("the client does not send a modal where %s", async (_, values, errors) => {
  const { stage: s, submitted, viewId } = await opened(asked);
  const outcome = await s.person("views/submit", { user: BOB, view_id: viewId, values });
  expect(outcome).toMatchObject({ delivered: false, error: "client_validation", errors });
  expect(submitted).toEqual([]);
  expect(await s.look(`views?user=${BOB}`)).toMatchObject({ modals: [{ id: viewId, errors }] });
});

test("a submission carries every input, empty optional ones as null, and closes the modal", async () => {
  const { stage: s, submitted, viewId } = await opened(asked);
  await s.person("views/submit", { user: BOB, view_id: viewId, values: { why: { text: "because" } } });
  expect(submitted).toMatchObject([
    {
      type: "view_submission",
      user: { id: BOB },
      view: {
        id: viewId,
        callback_id: "reason",
        state: {
          values: { why: { text: { type: "plain_text_input", value: "because" } }, hours: { n: { value: null } } },
        },
      },
    },
  ]);
  expect(submitted[0]).not.toHaveProperty("channel");
  expect(await s.look(`views?user=${BOB}`)).toEqual({ modals: [], home: null });
});

function title(text: string): ModalView["title"] {
  return { type: "plain_text", text };
}

test("an update replaces the modal, a push stacks another one, a clear closes all", async () => {
  const updated = await opened(reasonModal(), {
    response_action: "update",
    view: reasonModal({ title: title("Sure?") }),
  });
  const submit = (it: Opened): Promise<Json> =>
    it.stage.person("views/submit", { user: BOB, view_id: it.viewId, values: { why: "because" } });
  await submit(updated);
  expect(await updated.stage.look(`views?user=${BOB}`)).toMatchObject({
    modals: [{ id: updated.viewId, title: { text: "Sure?" } }],
  });

  const pushed = await opened(reasonModal(), { response_action: "push", view: reasonModal({ title: title("More") }) });
  await submit(pushed);
  const { modals } = await pushed.stage.look(`views?user=${BOB}`);
  expect(modals).toMatchObject([
    { id: pushed.viewId },
    { title: { text: "More" }, root_view_id: pushed.viewId, previous_view_id: pushed.viewId },
  ]);
  const covered = await submit(pushed);
  expect(covered).toMatchObject({ status: 409, error: "not_on_top" });

  const cleared = await opened(reasonModal(), { response_action: "clear" });
  await submit(cleared);
  expect(await cleared.stage.look(`views?user=${BOB}`)).toMatchObject({ modals: [] });
});

const unusable: readonly (readonly [string, Answer])[] = [
  ["names a block that is no input", { response_action: "errors", errors: { nothing: "no" } }],
  ["is of an unknown kind", { response_action: "explode" }],
  ["brings a view that breaks a rule", { response_action: "update", view: { type: "modal", blocks: [] } }],
];

test.each(unusable)("an answer that %s leaves the modal open with Slack's trouble text", async (_, answer) => {
  const { stage: s, viewId } = await opened(reasonModal(), answer);
  const outcome = await s.person("views/submit", { user: BOB, view_id: viewId, values: { why: "because" } });
  expect(outcome["shown"]).toBe("We had some trouble connecting. Try again?");
  expect(await s.look(`views?user=${BOB}`)).toMatchObject({ modals: [{ id: viewId }] });
});

test("a fourth modal is one too many", async () => {
  const push = { response_action: "push", view: reasonModal() };
  const it = await opened(reasonModal(), push);
  const submitTop = async (): Promise<Json> => {
    const { modals } = await it.stage.look(`views?user=${BOB}`);
    return it.stage.person("views/submit", { user: BOB, view_id: pick(modals, "-1.id"), values: { why: "because" } });
  };
  await submitTop();
  await submitTop();
  expect(await it.stage.api("views.push", { trigger_id: await it.trigger(), view: reasonModal() })).toMatchObject({
    error: "push_limit_reached",
  });
  expect(await submitTop()).toMatchObject({ error: "push_limit_reached" });
});

test("an update with an old hash loses, and a view that breaks a rule is named with its pointer", async () => {
  const { stage: s, viewId } = await opened(reasonModal());
  const update = (args: Json): Promise<Json> =>
    s.api("views.update", { view_id: viewId, view: reasonModal(), ...args });
  const hash = pick(await s.look(`views?user=${BOB}`), "modals.0.hash");
  expect(await update({ hash })).toMatchObject({ ok: true });
  expect(await update({ hash })).toMatchObject({ error: "hash_conflict" });
  const long = reasonModal({ title: { type: "plain_text", text: "a title that is far too long" } });
  expect(await update({ view: long })).toMatchObject({
    error: "invalid_arguments",
    response_metadata: { messages: ["[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"] },
  });
  expect(await update({ view_id: "V0NOTHING" })).toMatchObject({ error: "not_found" });
});

test("a value for a block that the modal does not have is refused", async () => {
  const { stage: s, submitted, viewId } = await opened(reasonModal());
  const slip = await s.person("views/submit", { user: BOB, view_id: viewId, values: { why: "because", wy: "typo" } });
  expect(slip).toMatchObject({ status: 409, error: "no_such_input" });
  expect(submitted).toEqual([]);
});

test("a modal belongs to one person", async () => {
  const { stage: s, viewId } = await opened(reasonModal());
  const foreign = await s.person("views/submit", { user: "U0ALICE01", view_id: viewId, values: { why: "because" } });
  expect(foreign).toMatchObject({ status: 409, error: "no_such_view" });
  expect(await s.look("views?user=U0ALICE01")).toEqual({ modals: [], home: null });
});
