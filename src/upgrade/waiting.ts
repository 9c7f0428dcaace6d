import type { Delegation } from "#approvals/delegation.ts";
import { inForce } from "#approvals/delegation.ts";
import { whyNoMember } from "#approvals/eligibility.ts";
import { isSameHuman } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import { isWanted } from "#approvals/wanted.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { authoriseOperator } from "./authorise.ts";
import { reviewBreakGlass } from "./decide-people.ts";
import { next } from "./next.ts";
import { askedOf, pendingApprovals } from "./pending.ts";
import type { PendingApproval } from "./pending.ts";
import { needsReview } from "./review.ts";
import { silenceOf } from "./silence.ts";
import type { Upgrade } from "./state.ts";

/** A vote that somebody handed on within one upgrade. */
export interface HandedVote {
  readonly upgrade: Upgrade;
  readonly delegation: Delegation;
  readonly side: "given" | "held";
}

/** What waits for one person, and what else is undecided. */
export interface Waiting {
  /** Requests that this person can still approve; what ends first at the top. */
  readonly approvals: readonly PendingApproval[];
  readonly otherApprovals: readonly PendingApproval[];
  /** Upgrades that cannot go on without an operator. */
  readonly steps: readonly Upgrade[];
  /** Broken glass that this person may review. */
  readonly reviews: readonly Upgrade[];
  readonly handedVotes: readonly HandedVote[];
}

/** Guests, people of other organisations and those who cannot be looked up see nothing: they may be in none of the channels. */
export const nothingWaits: Waiting = { approvals: [], otherApprovals: [], steps: [], reviews: [], handedVotes: [] };

/** Sorts upgrades by what they want of this person. */
export function waitingFor(person: Person, upgrades: readonly Upgrade[], now: Instant): Waiting {
  if (whyNoMember(person) !== undefined) return nothingWaits;
  const open = upgrades.filter(({ status }) => status !== "closed");
  const all = pendingApprovals(open);
  const wanted = new Set(all.filter((pending) => isWanted(askedOf(pending), person, now)));
  return {
    approvals: all.filter((pending) => wanted.has(pending)),
    otherApprovals: all.filter((pending) => !wanted.has(pending)),
    steps: open.filter((upgrade) => waitsForOperator(upgrade, person, now)),
    reviews: upgrades.filter((upgrade) => needsReview(upgrade) && mayReview(upgrade, person)),
    handedVotes: open.flatMap((upgrade) => handedVotes(upgrade, person, now)),
  };
}

const goOnWithoutOperator: ReadonlySet<string> = new Set(["approval", "window", "calendar", "schedule"]);

function waitsForOperator(upgrade: Upgrade, person: Person, now: Instant): boolean {
  const waits = next(upgrade, now);
  const goesOn = waits.do !== "wait" || goOnWithoutOperator.has(waits.for);
  if (goesOn && silenceOf(upgrade) === undefined) return false;
  return authoriseOperator(upgrade.request.environment, { kind: "slack", person }) === undefined;
}

/** Whether the decision would take a review of theirs. */
function mayReview(upgrade: Upgrade, person: Person): boolean {
  const by = { kind: "slack", person } as const;
  return reviewBreakGlass(upgrade, { intent: "review_break_glass", note: "(to be written)", by }).ok;
}

function handedVotes(upgrade: Upgrade, person: Person, now: Instant): readonly HandedVote[] {
  return inForce(upgrade.delegations, now).flatMap((delegation): readonly HandedVote[] => {
    if (isSameHuman(person, delegation.from)) return [{ upgrade, delegation, side: "given" }];
    return isSameHuman(person, delegation.to) ? [{ upgrade, delegation, side: "held" }] : [];
  });
}
