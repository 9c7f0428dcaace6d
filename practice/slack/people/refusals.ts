import type { Context } from "#practice/slack/context.ts";
import type { Channel, Person } from "#practice/slack/world/records.ts";

/** Something that a person cannot do here: answered with an HTTP status, a code and a sentence. */
export class HumanError extends Error {
  override readonly name = "HumanError";
  readonly status: 400 | 403 | 404 | 409;
  readonly code: string;

  constructor(status: 400 | 403 | 404 | 409, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Finds a person who can act: known, not deactivated, not a bot. */
export function actingPerson(ctx: Context, id: string): Person {
  const person = knownPerson(ctx, id);
  if (person.deleted)
    throw new HumanError(403, "account_inactive", `${person.name} is deactivated and cannot do anything`);
  if (person.is_bot)
    throw new HumanError(403, "is_bot", `${person.name} is a bot; people act here, bots have the Web API`);
  return person;
}

/** Finds a person by id, whatever their state. */
export function knownPerson(ctx: Context, id: string): Person {
  const person = ctx.world.people.get(id);
  if (person !== undefined) return person;
  throw new HumanError(404, "user_not_found", `there is no person ${id}; GET /practice/state lists them`);
}

/** Finds a channel that this person is a member of. */
export function joinedChannel(ctx: Context, person: Person, id: string): Channel {
  const channel = ctx.world.channels.get(id);
  if (channel === undefined) {
    throw new HumanError(404, "channel_not_found", `there is no channel ${id}; GET /practice/state lists them`);
  }
  if (channel.members.includes(person.id)) return channel;
  throw new HumanError(403, "not_in_channel", `${person.name} is not a member of ${placeName(channel)}`);
}

/** A channel as people call it; direct conversations have no name. */
export function placeName(channel: Channel): string {
  return channel.kind === "im" ? `the direct conversation ${channel.id}` : `#${channel.name}`;
}
