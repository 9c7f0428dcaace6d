import { validateView } from "#src/slack/block-kit/validate.ts";
import { type JsonObject, isObject, objectsAt, stringAt } from "#practice/slack/json.ts";
import { fillIn } from "#practice/slack/world/block-elements.ts";
import type { View } from "#practice/slack/world/records.ts";
import type { World } from "#practice/slack/world/world.ts";
import { initialValues } from "#practice/slack/people/values.ts";
import { viewOnWire } from "#practice/slack/world/wire.ts";
import {
  type Call,
  SlackError,
  invalidArguments,
  jsonArg,
  personArg,
  problemMessages,
  requiredArg,
  textArg,
} from "./call.ts";

const MAX_STACK = 3;
const MAX_VIEW_BYTES = 256_000;

/** views.open: a new stack of modals with this one at the bottom. */
export function open(call: Call): JsonObject {
  const { user } = exchangeTrigger(call);
  const content = readView(call, "modal");
  closeAll(call.ctx.world, user);
  return shown(call, pushView(call, user, content));
}

/** views.push: on top of the modal that the trigger came from, at most three deep. */
export function push(call: Call): JsonObject {
  const { user, viewId } = exchangeTrigger(call);
  const stack = call.ctx.world.stacks.get(user) ?? [];
  if (viewId === undefined || !stack.includes(viewId)) throw new SlackError("not_found");
  if (stack.length >= MAX_STACK) throw new SlackError("push_limit_reached");
  return shown(call, pushView(call, user, readView(call, "modal")));
}

/** views.update: by id or external id; a hash that is not the newest loses. */
export function updateView(call: Call): JsonObject {
  const { world } = call.ctx;
  const id = textArg(call, "view_id");
  const externalId = textArg(call, "external_id");
  const view =
    id === undefined
      ? [...world.views.values()].find(
          (it) => externalId !== undefined && stringAt(it.content, "external_id") === externalId,
        )
      : world.views.get(id);
  if (view === undefined) throw new SlackError("not_found");
  checkHash(call, view);
  return shown(call, replaceView(call, view, readView(call, view.type, view)));
}

/** views.publish: the Home tab of one person. */
export function publish(call: Call): JsonObject {
  const { ctx } = call;
  if (!ctx.manifest.isHomeEnabled) throw new SlackError("not_enabled");
  const person = personArg(call, "user_id");
  const content = readView(call, "home");
  const current = ctx.world.views.get(ctx.world.homes.get(person.id) ?? "");
  if (current !== undefined) {
    checkHash(call, current);
    return shown(call, replaceView(call, current, content));
  }
  const view = makeView(call, person.id, content, { type: "home", root: undefined, previous: null });
  ctx.world.views.set(view.id, view);
  ctx.world.homes.set(person.id, view.id);
  ctx.changes.announce({ what: "views" });
  return shown(call, view);
}

/** Checks a view that came as the answer to a submission; the same rules as for `views.*`. */
export function checkView(content: unknown, type: View["type"]): JsonObject {
  if (!isObject(content)) throw invalidArguments(["[ERROR] must be an object [json-pointer:/view]"]);
  if (JSON.stringify(content).length > MAX_VIEW_BYTES) throw new SlackError("view_too_large");
  const problems = validateView(content);
  if (problems.length > 0) throw invalidArguments(problemMessages(problems, "/view"));
  if (content["type"] !== type) {
    throw invalidArguments([`[ERROR] must be a view of type ${type} [json-pointer:/view/type]`]);
  }
  return content;
}

/** Puts a modal on top of a person's stack. */
export function pushView(call: Pick<Call, "ctx">, user: string, content: JsonObject): View {
  const { world } = call.ctx;
  const stack = world.stacks.get(user) ?? [];
  const view = makeView(call, user, content, { type: "modal", root: stack[0], previous: stack.at(-1) ?? null });
  world.views.set(view.id, view);
  world.stacks.set(user, [...stack, view.id]);
  call.ctx.changes.announce({ what: "views" });
  return view;
}

/** Replaces what a view shows; gives it a new hash and takes old errors away. */
export function replaceView(call: Pick<Call, "ctx">, view: View, content: JsonObject): View {
  const { world, now } = call.ctx;
  const next: View = { ...view, content: filled(world, content), hash: newHash(world, now()), errors: {} };
  world.views.set(view.id, next);
  call.ctx.changes.announce({ what: "views" });
  return next;
}

/** Closes all modals of a person. */
export function closeAll(world: World, user: string): void {
  for (const id of world.stacks.get(user) ?? []) world.views.delete(id);
  world.stacks.delete(user);
}

function exchangeTrigger(call: Call): { readonly user: string; readonly viewId: string | undefined } {
  const exchange = call.ctx.triggers.exchange(requiredArg(call, "trigger_id"));
  if (exchange.kind === "refused") throw new SlackError(exchange.error);
  return exchange;
}

function readView(call: Call, type: View["type"], replaced?: View): JsonObject {
  const content = checkView(jsonArg(call, "view", "invalid_arguments"), type);
  const externalId = stringAt(content, "external_id") ?? "";
  const others = [...call.ctx.world.views.values()].filter((it) => it.id !== replaced?.id);
  if (externalId !== "" && others.some((it) => stringAt(it.content, "external_id") === externalId)) {
    throw new SlackError("duplicate_external_id");
  }
  return content;
}

function checkHash(call: Call, view: View): void {
  const hash = textArg(call, "hash");
  if (hash !== undefined && hash !== "" && hash !== view.hash) throw new SlackError("hash_conflict");
}

type Place = { readonly type: View["type"]; readonly root: string | undefined; readonly previous: string | null };

function makeView(call: Pick<Call, "ctx">, user: string, content: JsonObject, place: Place): View {
  const { world, now } = call.ctx;
  const id = world.nextId("V");
  return {
    id,
    user,
    type: place.type,
    content: filled(world, content),
    hash: newHash(world, now()),
    root_view_id: place.root ?? id,
    previous_view_id: place.previous,
    errors: {},
  };
}

function filled(world: World, content: JsonObject): JsonObject {
  const text = (key: string): JsonObject => {
    const value = content[key];
    return isObject(value) ? { [key]: { emoji: true, ...value } } : {};
  };
  const blocks = fillIn(objectsAt(content, "blocks"), () => world.nextNumber());
  return { ...content, ...text("title"), ...text("submit"), ...text("close"), blocks };
}

function newHash(world: World, nowMs: number): string {
  return `${Math.floor(nowMs / 1_000)}.${world.nextNumber().toString(36).padStart(8, "0")}`;
}

function shown(call: Call, view: View): JsonObject {
  call.ctx.changes.announce({ what: "views" });
  return { view: viewOnWire(view, initialValues(view)) };
}
