import { delegatorsOf } from "#approvals/delegation.ts";
import type { Person } from "#approvals/person.ts";
import { groupsOfPolicy } from "#approvals/policy.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { decide } from "#src/upgrade/decide.ts";
import type { Intent, IntentOf } from "#src/upgrade/intents.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { ApprovalRequest, Upgrade } from "#src/upgrade/state.ts";
import type { ButtonValue } from "#src/slack/actions.ts";
import { inputBlocks } from "#src/slack/views/dialog.ts";
import { gateOf } from "./intent-of-click.ts";
import type { ListenerPorts } from "./ports.ts";
import { useCode } from "./one-time-code.ts";
import type { Errors } from "./submit-checked.ts";

/** What a dialog asked for besides words. The code is passed on and never kept. */
export interface Proof {
  readonly environment: string;
  readonly code: string;
}

type Vote = IntentOf<"vote">;

/** The vote with everything that was looked up for it, or why there is none. */
export type Prepared =
  | { readonly kind: "vote"; readonly vote: Vote }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "to_be_corrected"; readonly errors: Errors };

/** Whether the name was typed as it is; checked before anybody is looked up, because it costs nothing. */
export function nameErrors(upgrade: Upgrade, value: ButtonValue, proof: Proof | undefined): Errors | undefined {
  const { name } = upgrade.request.environment;
  const gate = gateOf(upgrade, value);
  const wanted = gate?.policy.stepUp ?? "none";
  const isRight = proof === undefined || wanted === "none" || proof.environment.trim() === name;
  // Whoever comes too late is told that, whatever they typed.
  if (isRight || gate?.outcome.kind !== "open") return undefined;
  return { [inputBlocks.environment]: `That is not the name. Type it exactly: ${name}`.slice(0, 150) };
}

/** Looks up in whose place the voter votes, and has the one-time code checked where the policy asks for one. */
export async function prepareVote(
  ports: ListenerPorts,
  upgrade: Upgrade,
  asked: { readonly vote: Vote; readonly approval: ApprovalRequest; readonly proof: Proof | undefined },
): Promise<Prepared> {
  const { approval, proof } = asked;
  const onBehalfOf = await lookUpDelegators(ports, upgrade, { voter: asked.vote.voter, approval });
  const own = { ...asked.vote, ...(onBehalfOf.length === 0 ? {} : { onBehalfOf }) };
  if (own.decision === "reject") return { kind: "vote", vote: own };
  const wanted = approval.policy.stepUp;
  // Without the dialog there is no proof; the decision says what is missing.
  if (wanted === "none" || proof === undefined) return { kind: "vote", vote: { ...own, stepUp: "none" } };
  if (wanted === "confirm") return { kind: "vote", vote: { ...own, stepUp: "confirm" } };
  const proven = { ...own, stepUp: "totp" } as const;
  // A code counts once, so none is used up by a vote that would not count anyway.
  const refusal = refusalNow(ports, upgrade, proven);
  if (refusal !== undefined) return { kind: "refused", refusal };
  const errors = await useCode(ports, own.voter, proof.code);
  return errors === undefined ? { kind: "vote", vote: proven } : { kind: "to_be_corrected", errors };
}

/** What would be answered if this were said now; nothing is recorded. */
export function refusalNow({ now }: Pick<ListenerPorts, "now">, upgrade: Upgrade, intent: Intent): Refusal | undefined {
  const decision = decide(upgrade, intent, { upgradeId: upgrade.id, now: instantOf(now()) });
  return decision.ok ? undefined : decision.problem;
}

/** Never decided on what was cached: whoever handed their vote on must be an approver at this moment. */
export async function lookUpDelegators(
  { people, now }: ListenerPorts,
  { delegations }: Upgrade,
  { voter, approval }: { readonly voter: Person; readonly approval: ApprovalRequest },
): Promise<readonly Person[]> {
  if (!approval.policy.allowsDelegation) return [];
  const delegators = delegatorsOf(delegations, voter, instantOf(now()));
  const groups = groupsOfPolicy(approval.policy);
  const found = await Promise.all(
    delegators.slice(0, maxDelegators).map(({ userId }) => people.lookUp({ userId, groups, isFresh: true })),
  );
  // Who could not be looked up lends nobody their seat, and their look-up must not stand in the record as a voter's.
  return found.filter(({ kind }) => kind === "known");
}

/** Nobody votes in the place of more people than that; the policies of a step have a few seats. */
const maxDelegators = 10;
