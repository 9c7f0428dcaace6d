import { delegationOf, inForce } from "#approvals/delegation.ts";
import type { Delegation } from "#approvals/delegation.ts";
import { eligibilityOf } from "#approvals/eligibility.ts";
import { candidatesFor } from "#approvals/feasibility.ts";
import { humanOf } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { unreachable } from "#src/kernel/result.ts";
import { generalHelp } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { personName } from "./names.ts";
import type { Names } from "./names.ts";
import { missingOf, missingText } from "./standing-text.ts";
import { dateToken, escapeText } from "./text.ts";
import { windowText } from "./window-text.ts";

/** What is looked up to say who can still approve. */
export interface Candidates {
  readonly approval: ApprovalRequest;
  readonly delegations: readonly Delegation[];
  /** The members of every list that the policy names, as they are now. */
  readonly roster: readonly Person[];
  readonly now: Instant;
}

/** More names than these help nobody. */
const maxNames = 5;

/** What would help whoever was refused, with people: what is missing, who can give it, and what they can do themselves. */
export function helpOf({ help }: Refusal, candidates: Candidates, names: Names): string {
  const own = help === generalHelp ? [] : [escapeText(help, 500)];
  const missing = whoCan(candidates, names);
  return [...(missing === undefined ? [] : [missing]), ...(missing === undefined ? [escapeText(help, 500)] : own)].join(
    "\n",
  );
}

/** `1 more of @dba is needed: dave and frank can.` Undefined where nothing is missing or it is decided. */
export function whoCan(candidates: Candidates, names: Names): string | undefined {
  const { approval } = candidates;
  const ways = approval.outcome.kind === "open" ? missingOf(approval) : [];
  if (ways.length === 0) return undefined;
  const people = stillFree(candidates);
  const [only] = ways;
  const isOne = ways.length === 1 && only?.length === 1 && only[0]?.count === 1;
  const needed = `${missingText(approval, names)} ${isOne ? "is" : "are"} needed`;
  return people.length === 0
    ? `${needed}, and nobody who is named can: whoever keeps the configuration has to name more people.`
    : `${needed}: ${listed(people.map(personName))} can.`;
}

/** Whoever may fill an empty seat and has not voted, or votes in the place of such a person. */
function stillFree({ approval, delegations, roster, now }: Candidates): readonly Person[] {
  const parts = missingOf(approval).flatMap((missing) => missing.map(({ part }) => part));
  const voted = new Set(approval.ballots.map(({ voter }) => humanOf(voter)));
  const seats = parts.flatMap((part) => candidatesFor(approval, part, roster));
  const free = seats.filter(
    (person) => !voted.has(humanOf(person)) && delegationOf(delegations, person, now) === undefined,
  );
  const delegates = approval.policy.allowsDelegation
    ? inForce(delegations, now).flatMap(({ from, to }) => {
        const isNeeded = seats.some((person) => humanOf(person) === humanOf(from)) && !voted.has(humanOf(to));
        return isNeeded && eligibilityOf(approval, to, [from]).kind === "eligible" ? [to] : [];
      })
    : [];
  return [...new Map([...free, ...delegates].map((person) => [humanOf(person), person])).values()];
}

/** How it stands after somebody's vote, for the private answer. */
export function standingAfter(approval: ApprovalRequest, asOf: Instant, names: Names): string {
  const { outcome, policy } = approval;
  switch (outcome.kind) {
    case "open":
      return `Still missing: ${missingText(approval, names)}; the request holds until ${dateToken(approval.expiresAt)}.`;
    case "granted": {
      const window = windowText(policy.windows, asOf);
      return `Nothing is missing any more. The step ${window ?? "starts by itself"}, at the latest ${dateToken(outcome.expiresAt)}.`;
    }
    case "refused":
    case "cancelled":
      return "The request is ended; a retry asks again.";
    case "expired":
    case "consumed":
      return "";
    default:
      return unreachable(outcome);
  }
}

/** `dave`, `dave and frank`, `a, b, c, d, e and 3 more` */
function listed(all: readonly string[]): string {
  const shown = all.slice(0, maxNames);
  const left = all.length - shown.length;
  if (left > 0) return `${shown.join(", ")} and ${left} more`;
  const last = shown.at(-1) ?? "nobody";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}
