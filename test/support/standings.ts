import { humanOf } from "#approvals/person.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Person } from "#approvals/person.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";

/** What a standing says of people who voted for themselves with a click, at these moments. */
export function votesOf(
  people: readonly Person[],
  at: readonly Instant[] = [],
): Pick<SignedStanding, "approvals" | "requesterIds" | "earlierVoterIds" | "fence"> {
  const approvals = people.map((person, index) => ({
    userId: person.userId,
    human: humanOf(person),
    groups: person.kind === "known" ? person.groups : [],
    stepUp: "none" as const,
    at: at[index] ?? "2026-01-01T00:00:00.000Z",
    onBehalfOf: [],
  }));
  return { approvals, requesterIds: ["U0ALICE01"], earlierVoterIds: [], fence: "1" };
}
