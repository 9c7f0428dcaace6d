import type { Policy } from "#approvals/policy.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import { escapeText, mentionGroup, mentionPerson } from "./text.ts";

/** Readable names of ids, without notifying anybody; an id that is not known is shown as it is. */
export interface Names {
  readonly person: (userId: string) => string;
  readonly group: (groupId: string) => string;
}

/** Who asked, by the name at that time. */
export function requesterName(by: Requester): string {
  if (by.kind === "terminal") return `${escapeText(by.account, 60)} at ${escapeText(by.host, 60)}`;
  return by.person.kind === "known" ? escapeText(by.person.name, 60) : escapeText(by.person.userId, 60);
}

/** Who may vote, in words that notify nobody. */
export function policyNames(policy: Policy, names: Names): string {
  const all = [
    ...policy.groups.map((id) => `@${escapeText(names.group(id), 60)}`),
    ...policy.users.map((id) => escapeText(names.person(id), 60)),
  ];
  return all.length === 0 ? "nobody is named" : listOf(all);
}

/** The same people as mentions, for the first posting of a request. */
export function policyMentions(policy: Policy): readonly string[] {
  return [...policy.groups.map(mentionGroup), ...policy.users.map(mentionPerson)];
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
