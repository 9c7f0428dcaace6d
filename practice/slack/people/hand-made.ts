import { z } from "zod";
import type { Context } from "#practice/slack/context.ts";
import type { Envelope } from "#practice/slack/delivery/delivery.ts";
import type { ResponseTarget } from "#practice/slack/delivery/response-urls.ts";
import {
  type JsonObject,
  defined,
  isObject,
  objectAt,
  stringAt,
  withMember,
  withoutMember,
} from "#practice/slack/json.ts";
import { TEAM } from "#practice/slack/workspace.ts";
import type { Message } from "#practice/slack/world/records.ts";
import { directChannelOf } from "#practice/slack/world/post.ts";
import { actionPayload } from "./actions.ts";
import { bodies } from "./bodies.ts";
import { commandPayload } from "./commands.ts";
import { submissionPayload } from "./modals.ts";
import { HumanError } from "./refusals.ts";
import { reportOf } from "./report.ts";
import type { SentPayload } from "./sent-payloads.ts";

const MAX_WAIT_MS = 10_000;
const NO_ANSWER = "The app did not acknowledge.";

const path = z.string().regex(/^[\w-]+(?:\.[\w-]+){0,19}$/u, "must be a path such as user.team_id or actions.0.value");

/** The body of `POST /practice/payloads`: what somebody could do, or a whole payload, with whatever is to be different. */
export const handMadeSchema = z
  .strictObject({
    action: bodies.actions.optional(),
    submit: bodies.submit.optional(),
    command: bodies.commands.optional(),
    payload: z.record(z.string(), z.unknown()).optional(),
    kind: z.enum(["interactive", "slash_commands", "events_api"]).default("interactive"),
    change: z.record(path, z.unknown()).default({}),
    remove: z.array(path).max(100).default([]),
    wait_ms: z.number().int().min(0).max(MAX_WAIT_MS).default(0),
    send: z.boolean().default(true),
  })
  .refine(
    ({ action, submit, command, payload }) =>
      [action, submit, command, payload].filter((it) => it !== undefined).length === 1,
    "exactly one of action, submit, command and payload must be given",
  );
type HandMade = z.infer<typeof handMadeSchema>;

/**
 * Sends a payload that no client of Slack would send, signed and delivered like any other: the same as somebody who holds
 * the signing secret, or another workspace with the same app. Answers what came back, as far as it came within `wait_ms`.
 */
export async function sendHandMade(ctx: Context, wish: HandMade): Promise<JsonObject> {
  const { kind, payload, responsePath } = made(ctx, wish);
  if (!wish.send) return { payload };
  const user = userOf(payload);
  const sent: SentPayload = {
    id: ctx.world.nextId("P"),
    user,
    payload,
    responsePath,
    sinceTs: ctx.world.nextTs(ctx.now()),
    viewsBefore: ctx.world.stacks.get(user) ?? [],
    report: undefined,
  };
  ctx.sent.keep(sent);
  const acceptsResponse = kind === "slash_commands" || payload["type"] === "view_submission";
  const outcome = await ctx.delivery.deliver({ kind, acceptsResponse, retry: 0, payload });
  ctx.sent.keep({ ...sent, report: reportOf(outcome, { late: NO_ANSWER, unreachable: NO_ANSWER }) });
  if (wish.wait_ms > 0) await anyAnswer(ctx, sent, wish.wait_ms);
  return comeBack(ctx, sent.id);
}

/** What came back for a hand-made payload until now. */
export function comeBack(ctx: Context, id: string): JsonObject {
  const sent = ctx.sent.get(id);
  if (sent === undefined)
    throw new HumanError(404, "no_such_payload", `no payload ${id} was sent, or it is too long ago`);
  return { id, ...sent.report, ...answersTo(ctx, sent), payload: sent.payload };
}

type Made = {
  readonly kind: Envelope["kind"];
  readonly payload: JsonObject;
  readonly responsePath: string | undefined;
};

function made(ctx: Context, wish: HandMade): Made {
  const kind = wish.command === undefined ? wish.kind : "slash_commands";
  const base = baseOf(ctx, wish);
  const changed = Object.entries(wish.change).reduce<unknown>((all, [at, to]) => withMember(all, at, to), base);
  const payload = wish.remove.reduce<unknown>((all, at) => withoutMember(all, at), changed);
  if (!isObject(payload)) throw new HumanError(400, "invalid_body", "a payload is an object");
  return withFreshAddresses(ctx, wish, { kind, payload });
}

function baseOf(ctx: Context, { action, submit, command, payload }: HandMade): JsonObject {
  if (action !== undefined) return actionPayload(ctx, action);
  if (submit !== undefined) return submissionPayload(ctx, submit);
  if (command !== undefined) return commandPayload(ctx, command);
  return payload ?? {};
}

/** Trigger and response_url belong to whom and where the payload says, unless the caller names or removes them. */
function withFreshAddresses(ctx: Context, wish: HandMade, { kind, payload }: Pick<Made, "kind" | "payload">): Made {
  const isFixed = (key: string): boolean =>
    key in wish.change || wish.remove.includes(key) || key in (wish.payload ?? {}) || kind === "events_api";
  const user = userOf(payload);
  const target = responseTarget(payload, user);
  const trigger = isFixed("trigger_id")
    ? {}
    : { trigger_id: ctx.triggers.make(user, stringAt(objectAt(payload, "view") ?? {}, "id")) };
  if (target === undefined || isFixed("response_url")) {
    return { kind, payload: { ...payload, ...trigger }, responsePath: pathOf(stringAt(payload, "response_url")) };
  }
  const use = kind === "slash_commands" ? "commands" : "actions";
  const responsePath = ctx.responseUrls.make(use, TEAM.id, target);
  return { kind, payload: { ...payload, ...trigger, response_url: ctx.address() + responsePath }, responsePath };
}

function userOf(payload: JsonObject): string {
  return stringAt(objectAt(payload, "user") ?? {}, "id") ?? stringAt(payload, "user_id") ?? "";
}

/** Only what happens in a channel has a response_url. */
function responseTarget(payload: JsonObject, user: string): ResponseTarget | undefined {
  const channel = stringAt(objectAt(payload, "channel") ?? {}, "id") ?? stringAt(payload, "channel_id");
  if (channel === undefined) return undefined;
  const container = objectAt(payload, "container") ?? {};
  const ts = stringAt(container, "message_ts");
  const isEphemeral = container["is_ephemeral"] === true;
  const message = ts === undefined ? {} : { message: { ts, isEphemeral, threadTs: stringAt(container, "thread_ts") } };
  return { user, channel, ...message };
}

function pathOf(url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : new URL(url).pathname;
}

type Answers = { readonly [what: string]: readonly unknown[] };

/** What only this person got since: by response_url, as ephemeral, as direct message, as a modal. */
function answersTo(ctx: Context, sent: SentPayload): Answers {
  const { world } = ctx;
  const isLater = (message: Message): boolean => Number(message.ts) > Number(sent.sinceTs);
  const direct = directChannelOf(world, sent.user)?.id;
  const views = (world.stacks.get(sent.user) ?? []).filter((id) => !sent.viewsBefore.includes(id));
  return {
    response_url: sent.responsePath === undefined ? [] : ctx.responseUrls.answersOf(sent.responsePath),
    ephemerals: world.ephemerals.filter((it) => it.ephemeral_to === sent.user && isLater(it)).map(said),
    direct_messages: world.messages.filter((it) => it.channel === direct && it.by_app && isLater(it)).map(said),
    views: views.map((id) => ({ id, view: world.views.get(id)?.content })),
  };
}

function said(message: Message): JsonObject {
  const { channel, ts, thread_ts, text, blocks } = message;
  return defined({ channel, ts, thread_ts, text, blocks });
}

async function anyAnswer(ctx: Context, sent: SentPayload, waitMs: number): Promise<void> {
  const hasCome = (): boolean => Object.values(answersTo(ctx, sent)).some((answers) => answers.length > 0);
  if (hasCome()) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    const stop = ctx.changes.listen(() => {
      if (hasCome()) end();
    });
  });
}
