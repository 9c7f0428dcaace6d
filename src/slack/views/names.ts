import type { Person } from "#approvals/person.ts";
import { partsOf } from "#approvals/policy.ts";
import type { Part, PeopleLists, Policy } from "#approvals/policy.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import { escapeText, escapeWithDates, mentionGroup, mentionPerson } from "./text.ts";

/** Readable names of ids, without notifying anybody; an id that is not known is shown as it is. */
export interface Names {
  readonly person: (userId: string) => string;
  readonly group: (groupId: string) => string;
}

/** Who asked, by the name at that time. */
export function requesterName(by: Requester): string {
  if (by.kind === "terminal") return `${escapeText(by.account, 60)} at ${escapeText(by.host, 60)}`;
  return personName(by.person);
}

/** Somebody by the name at that time. */
export function personName(person: Person): string {
  return escapeText(person.kind === "known" ? person.name : person.userId, 60);
}

/**
 * Foreign text that may name people (`<@U…>`) and groups, as refusals do: by their names, which notify nobody; moments in
 * the reader's own time zone.
 */
export function escapeWithNames(text: string, names: Names, maxLength: number): string {
  const named = text
    .replaceAll(/<@([UW][A-Z0-9]{2,20})>/gu, (_, id: string) => names.person(id))
    .replaceAll(/\bS[A-Z0-9]{7,20}\b/gu, (id) => (names.group(id) === id ? id : `@${names.group(id)}`));
  return escapeWithDates(named, maxLength);
}

/** Who may vote, in words that notify nobody. */
export function policyNames(policy: Policy, names: Names): string {
  return policy.alternatives
    .map((parts) => parts.map((part) => `${part.count} of ${fullLabel(part, names)}`).join(" and "))
    .join(", or ");
}

/** `@dba (@kong-approvers, erin)`: how the configuration calls a list, and who that is. */
function fullLabel(part: Part, names: Names): string {
  const label = partLabel(part, names);
  const people = partNames(part, names);
  return label === people ? label : `${label} (${people})`;
}

/** The people of a part: as the configuration calls them, else one by one. */
export function partLabel(part: Part, names: Names): string {
  return part.name === undefined ? partNames(part, names) : `@${escapeText(part.name, 60)}`;
}

/** The list of one part of a policy: as the configuration calls it, else one by one. */
export function partNames(part: PeopleLists, names: Names): string {
  const all = [
    ...part.groups.map((id) => groupName(id, names)),
    ...part.users.map((id) => escapeText(names.person(id), 60)),
  ];
  return all.length === 0 ? "nobody is named" : listOf(all);
}

/** `@kong-approvers`, or `the list on-call` of the site. */
function groupName(id: string, names: Names): string {
  const [kind, roster] = id.split(":");
  return kind === "roster" && roster !== undefined
    ? `the list ${escapeText(roster, 60)}`
    : `@${escapeText(names.group(id), 60)}`;
}

/** The same people as mentions, for the first posting of a request. */
export function policyMentions(policy: Policy): readonly string[] {
  const parts = partsOf(policy);
  return [
    ...new Set([
      ...parts.flatMap(({ groups }) => groups.filter((id) => id.startsWith("S")).map(mentionGroup)),
      ...parts.flatMap(({ users }) => users.map(mentionPerson)),
    ]),
  ];
}

/** The mention of somebody who must act; nothing for an operator at a terminal. */
export function requesterMention(by: Requester): readonly string[] {
  return by.kind === "slack" ? [mentionPerson(by.person.userId)] : [];
}

function listOf(parts: readonly string[]): string {
  const shown = parts.slice(0, 10);
  const more = parts.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
