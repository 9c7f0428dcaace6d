import { SlackError } from "#practice/slack/api/call.ts";
import { checkView, closeAll, pushView, replaceView } from "#practice/slack/api/views.ts";
import type { Context } from "#practice/slack/context.ts";
import { type JsonObject, isObject, objectAt, objectsAt, stringAt } from "#practice/slack/json.ts";
import type { Person, View } from "#practice/slack/world/records.ts";
import { viewOnWire } from "#practice/slack/world/wire.ts";
import { placedElements } from "#practice/slack/world/block-elements.ts";
import { openView } from "./actions.ts";
import { complaints } from "./input-rules.ts";
import { interactionBase } from "./payloads.ts";
import { HumanError, actingPerson } from "./refusals.ts";
import { type Report, notSent, reportOf } from "./report.ts";
import { stateValues } from "./values.ts";

/** What Slack shows in a modal when the app answers late, not at all, or with something it cannot use. */
const TROUBLE = "We had some trouble connecting. Try again?";

/** What a person fills into the modal on top; values are `{block_id: {action_id: value}}` or `{block_id: value}`. */
export type SubmitDeed = { readonly user: string; readonly view_id: string; readonly values: JsonObject };

/** A person submits the modal; the client checks required fields, lengths and ranges first. */
export async function submitView(ctx: Context, deed: SubmitDeed): Promise<Report> {
  const { person, view, values } = filledIn(ctx, deed);
  const errors = complaints(objectsAt(view.content, "blocks"), values);
  if (Object.keys(errors).length > 0) {
    setErrors(ctx, view, errors);
    return notSent("client_validation", Object.values(errors).join(" "), { errors });
  }
  const payload = submissionPayload(ctx, deed);
  const outcome = await ctx.delivery.deliver({ kind: "interactive", acceptsResponse: true, retry: 0, payload });
  const report = reportOf(outcome, { late: TROUBLE, unreachable: TROUBLE });
  if (report.shown !== null) return report;
  return applyAnswer(ctx, person, view, report);
}

/** The payload of a submission, before the client's own checks; throws HumanError when the modal is not on top. */
export function submissionPayload(ctx: Context, deed: SubmitDeed): JsonObject {
  const { person, view, values } = filledIn(ctx, deed);
  return {
    type: "view_submission",
    ...interactionBase(ctx, person),
    trigger_id: ctx.triggers.make(person.id, view.id),
    response_urls: [],
    view: viewOnWire(view, values),
  };
}

function filledIn(ctx: Context, deed: SubmitDeed) {
  const person = actingPerson(ctx, deed.user);
  const view = topModal(ctx, person, deed.view_id);
  const blocks = objectsAt(view.content, "blocks");
  refuseUnknownBlocks(blocks, deed.values);
  return { person, view, values: stateValues(blocks, deed.values) };
}

/** A person closes the top modal; the app hears of it only when the view asks for that. */
export async function closeView(
  ctx: Context,
  deed: { readonly user: string; readonly view_id: string },
): Promise<Report> {
  const person = actingPerson(ctx, deed.user);
  const view = topModal(ctx, person, deed.view_id);
  const isCleared = view.content["clear_on_close"] === true;
  if (isCleared) closeAll(ctx.world, person.id);
  else closeTop(ctx, view);
  ctx.changes.announce({ what: "views" });
  if (view.content["notify_on_close"] !== true) {
    return { delivered: false, ack_ms: null, answer: null, shown: null };
  }
  const outcome = await ctx.delivery.deliver({
    kind: "interactive",
    acceptsResponse: false,
    retry: 0,
    payload: {
      type: "view_closed",
      ...interactionBase(ctx, person),
      is_cleared: isCleared,
      view: viewOnWire(view, {}),
    },
  });
  return { ...reportOf(outcome, { late: "", unreachable: "" }), shown: null };
}

/** A value for a block that the modal does not have is a slip of the caller, not something that a client could send. */
function refuseUnknownBlocks(blocks: readonly JsonObject[], values: JsonObject): void {
  const known = new Set(placedElements(blocks).map((it) => it.blockId));
  const unknown = Object.keys(values).filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw new HumanError(
    409,
    "no_such_input",
    `the modal has no input in ${unknown.join(", ")}; it has ${[...known].join(", ")}`,
  );
}

function topModal(ctx: Context, person: Person, viewId: string): View {
  const view = openView(ctx, person, viewId);
  const stack = ctx.world.stacks.get(person.id) ?? [];
  if (view.type === "modal" && stack.at(-1) === viewId) return view;
  throw new HumanError(409, "not_on_top", `view ${viewId} is not the modal that ${person.name} sees on top`);
}

function applyAnswer(ctx: Context, person: Person, view: View, report: Report): Report {
  const answer = report.answer;
  // The app may have changed the stack by views.update or views.push before it answered.
  const current = ctx.world.views.get(view.id);
  try {
    if (answer === null) {
      if (current !== undefined) closeTop(ctx, current);
    } else if (isObject(answer)) followResponse(ctx, person, current, answer);
    else throw new SlackError("invalid_response");
    ctx.changes.announce({ what: "views" });
    return report;
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { ...report, shown: TROUBLE, error: error.code, detail: error.detail };
  }
}

function followResponse(ctx: Context, person: Person, view: View | undefined, answer: JsonObject): void {
  switch (answer["response_action"]) {
    case "errors":
      if (view !== undefined) setErrors(ctx, view, readErrors(view, answer));
      return;
    case "update": {
      const content = checkView(answer["view"], "modal");
      if (view !== undefined) replaceView({ ctx }, view, content);
      return;
    }
    case "push":
      if ((ctx.world.stacks.get(person.id) ?? []).length >= 3) throw new SlackError("push_limit_reached");
      pushView({ ctx }, person.id, checkView(answer["view"], "modal"));
      return;
    case "clear":
      closeAll(ctx.world, person.id);
      return;
    default:
      throw new SlackError("invalid_response_action");
  }
}

/** Errors must name input blocks of the view, else Slack shows that there was trouble connecting. */
function readErrors(view: View, answer: JsonObject): { readonly [blockId: string]: string } {
  const errors = objectAt(answer, "errors") ?? {};
  const inputs = objectsAt(view.content, "blocks").filter((block) => block["type"] === "input");
  const known = new Set(inputs.map((block) => stringAt(block, "block_id")));
  const entries = Object.entries(errors);
  if (entries.length === 0 || !entries.every(([id, text]) => known.has(id) && typeof text === "string")) {
    throw new SlackError("invalid_errors");
  }
  return Object.fromEntries(entries.map(([id, text]) => [id, String(text)]));
}

function setErrors(ctx: Context, view: View, errors: View["errors"]): void {
  ctx.world.views.set(view.id, { ...view, errors });
  ctx.changes.announce({ what: "views" });
}

function closeTop(ctx: Context, view: View): void {
  const stack = (ctx.world.stacks.get(view.user) ?? []).filter((id) => id !== view.id);
  ctx.world.views.delete(view.id);
  if (stack.length === 0) ctx.world.stacks.delete(view.user);
  else ctx.world.stacks.set(view.user, stack);
}
