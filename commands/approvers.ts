import { feasibilityOf } from "#approvals/feasibility.ts";
import { identitiesOf } from "#approvals/person.ts";
import { groupsOfPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import type { Environment } from "#src/plan/environment.ts";
import { kindOf, policyFor } from "#src/plan/step-kinds.ts";
import type { Step } from "#src/plan/step.ts";
import { authoriseOperator } from "#src/upgrade/authorise.ts";
import { pendingApproval } from "#src/upgrade/pending.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { currentTrack, requesterIdsOf } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { ListedPeople, Setting } from "./command.ts";
import { describeUnmet } from "./unmet-policy.ts";
import type { UnmetPolicy } from "./unmet-policy.ts";

/** What looking at the approvers takes; without `rosterOf` (a terminal) nothing is looked at. */
export type Looking = Pick<Setting, "by" | "names" | "rosterOf">;

/** A policy that something waits for. */
interface Gate {
  readonly policy: Policy;
  readonly what: string;
  /** Of the irreversible step before it. */
  readonly before?: Policy | undefined;
}

/** Why nobody could approve what a plan of this environment will ask; undefined where every policy can be met. */
export async function refuseAsking(looking: Looking, environment: Environment): Promise<Refusal | undefined> {
  const asked = { environment, gates: gatesOf(environment) };
  return refuseUnmet(looking, { ...asked, requesterIds: [] });
}

/** Why nobody could approve the steps of a plan if this person starts it; undefined where its policies can be met. */
export async function refuseStarting(looking: Looking, upgrade: Upgrade): Promise<Refusal | undefined> {
  if (upgrade.status !== "planned") return undefined;
  return refuseUnmet(looking, {
    gates: gatesAhead(upgrade.request.environment, upgrade.plan.steps),
    environment: upgrade.request.environment,
    requesterIds: requesterIdsOf(upgrade),
  });
}

/** What to know about the approvals of a way back that was begun; it is never held up by who could approve it. */
export async function warnOfWayBack(looking: Looking, upgrade: Upgrade): Promise<string | undefined> {
  if (upgrade.status !== "active" || upgrade.rollback === undefined || looking.rosterOf === undefined) return undefined;
  const { environment } = upgrade.request;
  const { steps } = currentTrack(upgrade).plan;
  const listed = await looking.rosterOf(environment);
  const unmet = unmetOf({ gates: gatesAhead(environment, steps), requesterIds: requesterIdsOf(upgrade) }, listed);
  if (unmet.length === 0) return undefined;
  return `${textOf(unmet, looking, [])} The way back waits there until that changes.`;
}

/** What to know about the request for an attempt that somebody has just asked for. */
export async function warnOfNewAttempt(looking: Looking, upgrade: Upgrade): Promise<string | undefined> {
  const pending = pendingApproval(upgrade);
  if (pending === undefined || looking.rosterOf === undefined) return undefined;
  const { policy, requesterIds } = pending.approval;
  const asked = { gates: [{ policy, what: `“${pending.step.title}”` }], requesterIds };
  const unmet = unmetOf(asked, await looking.rosterOf(upgrade.request.environment));
  if (unmet.length === 0) return undefined;
  return `${textOf(unmet, looking, [])} Whoever has a step tried again does not approve it: cancel the request, and let somebody retry who is not needed to approve it.`;
}

interface Asked {
  readonly environment: Environment;
  readonly gates: readonly Gate[];
  /** Everybody who asked before, besides who asks now. */
  readonly requesterIds: readonly string[];
}

async function refuseUnmet(looking: Looking, asked: Asked): Promise<Refusal | undefined> {
  const { by, rosterOf } = looking;
  // Whoever may not operate this is told that instead.
  if (rosterOf === undefined || by.kind === "terminal" || authoriseOperator(asked.environment, by) !== undefined)
    return undefined;
  const listed = await rosterOf(asked.environment);
  const ownIds = identitiesOf(by.person);
  const unmet = unmetOf({ ...asked, requesterIds: [...asked.requesterIds, ...ownIds] }, listed);
  if (unmet.length === 0) return undefined;
  const isBecauseOfStart = asked.requesterIds.length > 0 && unmetOf(asked, listed).length === 0;
  const starterIds = asked.requesterIds.length === 0 ? [] : ownIds.filter((id) => !asked.requesterIds.includes(id));
  const text = textOf(unmet, looking, starterIds);
  const isBecauseOfPeople = unmetOf({ ...asked, requesterIds: [] }, listed).length === 0;
  return refuse(
    isFailedLookUp(unmet) ? "being_looked_up" : "not_now",
    isBecauseOfStart ? `If you start it, nobody is left who can approve it. ${text}` : text,
    helpFor(unmet, asked.environment, isBecauseOfStart ? "start" : isBecauseOfPeople ? "ask" : "configure"),
  );
}

/** Somebody or some group could not be read, so the answer may be another one in a moment. */
function isFailedLookUp(unmet: readonly UnmetPolicy[]): boolean {
  return unmet.some(
    ({ unreadGroups, feasibility }) =>
      unreadGroups.length > 0 || feasibility.excluded.some(({ reason }) => reason === "look_up_failed"),
  );
}

function helpFor(unmet: readonly UnmetPolicy[], { name }: Environment, todo: "start" | "ask" | "configure"): string {
  if (isFailedLookUp(unmet))
    return `Please try again in a moment. If it stays so, look at the policies of ${name} in kong-upgrade.yml.`;
  return {
    start: "Let somebody start it who is not needed to approve it.",
    ask: "Let somebody ask for a plan who is not needed to approve it.",
    configure: `Name more people in the policies of ${name} in kong-upgrade.yml, or add them to the groups named there.`,
  }[todo];
}

function textOf(unmet: readonly UnmetPolicy[], { names }: Looking, starterIds: readonly string[]): string {
  return unmet.map((each) => describeUnmet(each, { names, starterIds })).join("\n");
}

function unmetOf(
  { gates, requesterIds }: Pick<Asked, "gates" | "requesterIds">,
  { people, unreadGroups, leftOut }: ListedPeople,
): readonly UnmetPolicy[] {
  const all = gates.flatMap(({ policy, what, before }) => {
    const feasibility = feasibilityOf(policy, { roster: people, requesterIds, before });
    if (feasibility.kind === "can_be_met") return [];
    const own = groupsOfPolicy({ ...policy, escalations: [] });
    return [{ policy, what, feasibility, leftOut, unreadGroups: unreadGroups.filter((group) => own.includes(group)) }];
  });
  // What lacks people after another step may lack them without it, too: that is said once.
  return all.filter(({ what }, index) => all.findIndex((each) => each.what === what) === index);
}

/**
 * Everything that may ask for an approval in an environment; the way back may need what the upgrade does not. Plans of most
 * strategies have two irreversible steps, `kong migrations finish` and removing what is old; what comes before a kind of step
 * that has a policy of its own is known when there is a plan.
 */
function gatesOf({ policies }: Environment): readonly Gate[] {
  const { irreversible, disruptive, steps } = policies;
  return [
    { policy: irreversible, what: "irreversible steps", before: irreversible },
    ...(disruptive === undefined ? [] : [{ policy: disruptive, what: "disruptive steps" }]),
    ...Object.entries(steps ?? {}).map(([kind, policy]) => ({ policy, what: `the step ${kind}` })),
  ];
}

/** The policies that the steps of a plan will ask for, each once for each policy that is asked for before it. */
function gatesAhead(environment: Environment, steps: readonly Step[]): readonly Gate[] {
  const gates: Gate[] = [];
  let before: Policy | undefined;
  for (const step of steps) {
    const policy = policyFor(environment, step);
    if (policy === undefined) continue;
    const kind = kindOf(step);
    const isOwn = kind !== undefined && environment.policies.steps?.[kind] !== undefined;
    const what = isOwn ? `the step ${kind}` : `${step.class} steps`;
    const asked = policy.needsOtherPeople ? before : undefined;
    if (!gates.some((gate) => gate.what === what && gate.before === asked)) gates.push({ policy, what, before: asked });
    if (step.class === "irreversible") before = policy;
  }
  // The one that asks for more people says what is missing for the other, too.
  return gates.toSorted((left, right) => Number(right.before !== undefined) - Number(left.before !== undefined));
}
