import type { Channel, Person, Workspace } from "./model.ts";

/** Tells whether a person is in a channel. */
export function mayEnter(person: Person, channel: Channel): boolean {
  return channel.members.includes(person.id);
}

type Badge = { readonly kind: string; readonly text: string };

/** The words that a person is marked with in the list of people: what matters for an approval, user groups as they are now. */
export function badgesOf(person: Person, workspace: Workspace): readonly Badge[] {
  const role = person.role.toLowerCase();
  const groups = workspace.groups.filter((group) => group.users.includes(person.id));
  const badges = [
    { kind: "on-call", text: "on-call", holds: role.includes("on-call") },
    ...groups.map(({ handle }) => ({ kind: "approver", text: `@${handle}`, holds: true })),
    { kind: "approver", text: "approver by name", holds: role.includes("by name") },
    { kind: "on-call", text: "break-glass", holds: role.includes("break-glass") },
    { kind: "guest", text: person.isSingleChannelGuest ? "single-channel guest" : "guest", holds: person.isGuest },
    { kind: "external", text: "external", holds: person.isExternal },
    { kind: "deactivated", text: "deactivated", holds: person.isDeleted },
    { kind: "imitator", text: "second account", holds: role.includes("second account of") },
    { kind: "imitator", text: `imitator · ${person.id}`, holds: role.includes("imitat") },
  ];
  return badges.filter((badge) => badge.holds);
}
