import type { Person } from "#approvals/person.ts";
import type { Actor, Requester } from "#src/upgrade/identity.ts";
import { escapeText } from "#src/report/foreign-text.ts";

/** Name at that time and immutable id: the name alone could be anybody's. */
export function showPerson(person: Person): string {
  if (person.kind === "unknown") return `${escapeText(person.userId)} (could not be looked up)`;
  return `${escapeText(person.name)} (${escapeText(person.userId)}, team ${escapeText(person.teamId)})`;
}

export function showRequester(by: Requester): string {
  return by.kind === "slack"
    ? showPerson(by.person)
    : `${escapeText(by.account)} at the terminal of ${escapeText(by.host)}`;
}

export function showActor(actor: Actor): string {
  switch (actor.kind) {
    case "person":
      return `${escapeText(actor.name)} (${escapeText(actor.userId)})`;
    case "terminal":
      return `${escapeText(actor.account)} on ${escapeText(actor.host)}`;
    case "runner":
      return `runner ${escapeText(actor.runnerId)}`;
    case "bot":
      return `bot ${escapeText(actor.replica)}`;
  }
}
