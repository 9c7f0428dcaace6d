import { type JsonObject, isObject, objectsAt, stringAt } from "#practice/slack/json.ts";
import type { Message, Notice } from "./records.ts";
import type { World } from "./world.ts";

type Why = Pick<Notice, "reason" | "group">;
type Mention =
  | { readonly kind: "user" | "usergroup"; readonly id: string }
  | { readonly kind: "here" | "channel" | "everyone" };

const TOKENS = /<(?:@(?<user>[UW]\w+)|!subteam\^(?<group>S\w+)|!(?<range>here|channel|everyone))(?:\|[^<>]*)?>/gu;

/** Works out who is notified by a newly posted message, each person once, by the strongest reason. */
export function noticesFor(world: World, message: Message): readonly Notice[] {
  const channel = world.channels.get(message.channel);
  if (channel === undefined || message.ephemeral_to !== undefined) return [];
  const reasons = new Map<string, Why>();
  const add = (user: string, why: Why): void => {
    const person = world.people.get(user);
    const canBeNotified = person !== undefined && !person.deleted && !person.is_bot && channel.members.includes(user);
    if (canBeNotified && user !== message.user && !reasons.has(user)) reasons.set(user, why);
  };
  // Every message of a direct conversation notifies, once, whatever it says.
  if (channel.kind === "im") for (const user of channel.members) add(user, { reason: "direct_message" });
  for (const mention of mentionsIn(message)) {
    if (mention.kind === "user") add(mention.id, { reason: "user" });
    else if (mention.kind === "usergroup")
      for (const user of membersOf(world, mention.id)) add(user, { reason: "usergroup", group: mention.id });
    else if (mention.kind !== "everyone" || channel.is_general)
      for (const user of channel.members) add(user, { reason: mention.kind });
  }
  const { channel: place, ts, thread_ts, user: from, text } = message;
  return [...reasons].map(([user, { reason, group }]) => {
    return { user, channel: place, ts, thread_ts, from, reason, group, text };
  });
}

/** Whom a mention of a user group reaches: nobody when it is disabled or none. */
function membersOf(world: World, id: string): readonly string[] {
  const group = world.groups.get(id);
  return group === undefined || group.is_disabled === true || group.is_gone === true ? [] : group.users;
}

/** Whether a message mentions this user by name (not by group or channel). */
export function mentionsUser(message: Message, user: string): boolean {
  return mentionsIn(message).some((mention) => mention.kind === "user" && mention.id === user);
}

function mentionsIn(message: Message): readonly Mention[] {
  const attachments = message.attachments ?? [];
  const inBlocks = [...(message.blocks ?? []), ...attachments].flatMap(mentionsInBlock);
  return [...mentionsInText(message.text), ...attachments.flatMap(mentionsInAttachment), ...inBlocks];
}

/** The texts of an old-style attachment; Slack does not say that they notify, so they count here to be safe. */
function mentionsInAttachment(attachment: JsonObject): readonly Mention[] {
  const own = ["pretext", "text"].flatMap((key) => mentionsInText(stringAt(attachment, key) ?? ""));
  const fields = objectsAt(attachment, "fields").flatMap((field) => mentionsInText(stringAt(field, "value") ?? ""));
  return [...own, ...fields];
}

function mentionsInText(text: string): readonly Mention[] {
  return [...text.matchAll(TOKENS)].flatMap((match): readonly Mention[] => {
    const { user, group, range } = match.groups ?? {};
    if (user !== undefined) return [{ kind: "user", id: user }];
    if (group !== undefined) return [{ kind: "usergroup", id: group }];
    if (range === "here" || range === "channel" || range === "everyone") return [{ kind: range }];
    return [];
  });
}

function mentionsInBlock(value: unknown): readonly Mention[] {
  if (Array.isArray(value)) return value.flatMap(mentionsInBlock);
  if (!isObject(value)) return [];
  const own = mentionsInObject(value);
  if (own !== undefined) return own;
  // A confirm dialog is not part of the message that is shown; it is read when somebody clicks.
  return Object.entries(value).flatMap(([key, member]) => (key === "confirm" ? [] : mentionsInBlock(member)));
}

/** The mentions of a text object or rich text element; undefined for anything else, which is then looked into. */
function mentionsInObject(value: JsonObject): readonly Mention[] | undefined {
  switch (stringAt(value, "type")) {
    case "mrkdwn":
    case "markdown":
      return mentionsInText(stringAt(value, "text") ?? "");
    case "plain_text":
    case "option":
      return [];
    case "user": {
      const id = stringAt(value, "user_id");
      return id === undefined ? [] : [{ kind: "user", id }];
    }
    case "usergroup": {
      const id = stringAt(value, "usergroup_id");
      return id === undefined ? [] : [{ kind: "usergroup", id }];
    }
    case "broadcast": {
      const range = stringAt(value, "range");
      return range === "here" || range === "channel" || range === "everyone" ? [{ kind: range }] : [];
    }
    case undefined:
    default:
      return undefined;
  }
}
