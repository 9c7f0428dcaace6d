import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { addMs } from "#src/kernel/instant.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { Story, envelope, request } from "#test/support/given.ts";
import { alice, bob, frank, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

export const hourMs = 3_600_000;

/** Two of carol, dave (by their group) and erin; frank and bob may operate; frank may break the glass. */
export function waitingForApproval(over: Partial<Policy> = {}): Story {
  const irreversible = quorumPolicy(
    { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 24 * hourMs },
    { breakGlass: ["U0FRANK01"], ...over },
  );
  const operators = { users: [alice, bob, frank].map(({ userId }) => userId), groups: [] };
  const environment = sampleEnvironment({ policies: { irreversible }, operators });
  return new Story()
    .must({ ...request, environment })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
}

export interface Gate {
  readonly stepId: string;
  readonly attempt: number;
  readonly approval: ApprovalRequest;
}

export function gateOf(story: Story): Gate {
  const current = currentStep(story.active);
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
  return { stepId: current.step.id, attempt: current.progress.attempt, approval: current.progress.approval };
}

export const outcome = (story: Story): string => gateOf(story).approval.outcome.kind;

export function vote(story: Story, voter: Person, onBehalfOf: readonly Person[] = []): Refusal | undefined {
  const { stepId, attempt, approval } = gateOf(story);
  const { digest } = approval;
  return story.say({ intent: "vote", stepId, attempt, voter, decision: "approve", digest, onBehalfOf });
}

export const delegate = (story: Story, from: Person, to: Person, forMs = 8 * hourMs): Refusal | undefined =>
  story.say({ intent: "delegate_vote", from, to, until: addMs(story.now, forMs) });

export function lookAgain(story: Story, people: readonly Person[]): Refusal | undefined {
  const { stepId, attempt } = gateOf(story);
  return story.say({ intent: "recheck_approval", stepId, attempt, people, envelope, checkedAt: story.now });
}

export const handOver = (story: Story, to: Person, by: Person = alice): Refusal | undefined =>
  story.say({ intent: "hand_over", to, by: inSlack(by) });
