import type { Channel, Person } from "./model.ts";

/** Tells whether a person is in a channel. */
export function mayEnter(person: Person, channel: Channel): boolean {
  return channel.members.includes(person.id);
}

/** The words that a person is marked with in the list of people. */
export function badgesOf(
  person: Person,
  homeTeam: string,
): readonly { readonly kind: string; readonly text: string }[] {
  const role = person.role.toLowerCase();
  const badges = [
    { kind: "on-call", text: "on-call", holds: role.includes("on-call") },
    {
      kind: "approver",
      text: role.includes("by name") ? "approver by name" : "approver",
      holds: role.includes("approver"),
    },
    { kind: "guest", text: "guest", holds: person.isGuest },
    { kind: "external", text: "external", holds: person.teamId !== homeTeam },
    { kind: "deactivated", text: "deactivated", holds: person.isDeleted },
    { kind: "imitator", text: `imitator · ${person.id}`, holds: role.includes("imitat") },
  ];
  return badges.filter((badge) => badge.holds);
}
