import type { Problem } from "#src/slack/block-kit/validate.ts";
import type { Context } from "#practice/slack/context.ts";
import { type JsonObject, isObject, parseJson } from "#practice/slack/json.ts";
import { APP } from "#practice/slack/workspace.ts";
import type { Channel, Message, Person } from "#practice/slack/world/records.ts";

/** One call of the Web API with its raw arguments. */
export type Call = { readonly ctx: Context; readonly method: string; readonly args: JsonObject };

/** A platform error: answered with HTTP 200 and `{"ok":false,"error":code}` plus what belongs to it. */
export class SlackError extends Error {
  override readonly name = "SlackError";
  readonly code: string;
  readonly detail: JsonObject;

  constructor(code: string, detail: JsonObject = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

/** Reads a text argument; numbers are taken as text, as form bodies carry them. */
export function textArg(call: Call, name: string): string | undefined {
  const value = call.args[name];
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : undefined;
}

/** Reads a text argument that must be there; answers `invalid_arguments` with Slack's wording when it is not. */
export function requiredArg(call: Call, name: string): string {
  const value = textArg(call, name);
  if (value !== undefined && value !== "") return value;
  throw invalidArguments([`[ERROR] missing required field: ${name}`]);
}

/** Reads a switch: true, "true" and "1" are on. */
export function flagArg(call: Call, name: string): boolean {
  const value = call.args[name];
  return value === true || value === "true" || value === "1" || value === 1;
}

/** Reads a whole number within bounds, or the default when the argument is absent or no number. */
export function countArg(call: Call, name: string, bounds: { readonly default: number; readonly max: number }): number {
  const value = Number(textArg(call, name) ?? Number.NaN);
  if (!Number.isInteger(value) || value < 1) return bounds.default;
  return Math.min(value, bounds.max);
}

/** Reads an argument that is JSON, either as such or as text inside a form body; undefined when it is absent. */
export function jsonArg(call: Call, name: string, error: string): unknown {
  const value = call.args[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") return value;
  const parsed = parseJson(value);
  if (parsed === undefined) throw new SlackError(error);
  return parsed;
}

/** Reads a JSON argument that must be a list of objects. */
export function objectsArg(call: Call, name: string, error: string): readonly JsonObject[] | undefined {
  const value = jsonArg(call, name, error);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every(isObject)) throw new SlackError(error);
  return value;
}

/** The error for arguments that are not as documented. */
export function invalidArguments(messages: readonly string[]): SlackError {
  return new SlackError("invalid_arguments", { response_metadata: { messages } });
}

/** Words the validator's problems as Slack does, pointers below `prefix`. */
export function problemMessages(problems: readonly Problem[], prefix = ""): readonly string[] {
  return problems.map((problem) => `[ERROR] ${problem.message} [json-pointer:${prefix}${problem.pointer}]`);
}

/** Finds a channel that the bot may see, by id. */
export function channelArg(call: Call, name = "channel"): Channel {
  const channel = call.ctx.world.channels.get(requiredArg(call, name));
  if (channel === undefined) throw new SlackError("channel_not_found");
  return channel;
}

/** Finds a channel whose member the bot is. */
export function joinedChannelArg(call: Call, name = "channel"): Channel {
  const channel = channelArg(call, name);
  if (!channel.members.includes(APP.bot_user_id)) throw new SlackError("not_in_channel");
  return channel;
}

/** Finds a person by id. */
export function personArg(call: Call, name = "user"): Person {
  const person = call.ctx.world.people.get(requiredArg(call, name));
  if (person === undefined) throw new SlackError("user_not_found");
  return person;
}

/** Finds a message of a channel by the timestamp in the named argument. */
export function messageArg(call: Call, channel: string, name: string): Message {
  const message = call.ctx.world.findMessage(channel, requiredArg(call, name));
  if (message === undefined) throw new SlackError("message_not_found");
  return message;
}

/** Cuts a list into a page; the cursor is the base64 of the next index. */
export function page<T>(
  call: Call,
  all: readonly T[],
  limit: number,
): { readonly items: readonly T[]; readonly next: string } {
  const cursor = textArg(call, "cursor") ?? "";
  const start = cursor === "" ? 0 : Number(Buffer.from(cursor, "base64").toString().replace("at:", ""));
  if (!Number.isInteger(start) || start < 0) throw new SlackError("invalid_cursor");
  const end = start + limit;
  return { items: all.slice(start, end), next: end < all.length ? Buffer.from(`at:${end}`).toString("base64") : "" };
}
