import type { z } from "zod";
import { defaults } from "#approvals/policy.ts";
import type { Part, Policy } from "#approvals/policy.ts";
import type { Window } from "#approvals/window.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Member, WrittenPart } from "./list-of-people.ts";
import type { WrittenGroup, window } from "./people-schemas.ts";
import type { WrittenPolicies, WrittenPolicy } from "./policy-schema.ts";
import { present } from "./present.ts";

/** What a policy refers to. */
export interface PolicyContext {
  readonly groups: Readonly<Record<string, WrittenGroup>>;
  readonly windows: readonly Window[];
}

type List = Pick<Part, "users" | "groups" | "name">;

/** The policies of an environment, with every name of a group replaced by where its members come from. */
export function toPolicies(written: WrittenPolicies, context: PolicyContext): Environment["policies"] {
  const { irreversible, disruptive, steps } = written;
  const ofSteps = Object.entries(steps ?? {}).map(([kind, policy]) => [kind, toPolicy(policy, context)] as const);
  return {
    irreversible: toPolicy(irreversible, context),
    ...present("disruptive", disruptive && toPolicy(disruptive, context)),
    ...present("steps", ofSteps.length === 0 ? undefined : Object.fromEntries(ofSteps)),
  };
}

export function toPolicy(written: WrittenPolicy, { groups, windows }: PolicyContext): Policy {
  return {
    alternatives: waysOf(written).map((parts) =>
      parts.map(({ count, members }) => ({ count, ...toList(members, groups) })),
    ),
    denyThreshold: written.deny_threshold,
    reasonRequired: written.reason_required,
    needsOtherPeople: written.other_people_than_last,
    requestExpiresAfterMs: written.request_expires_after ?? written.expires_after,
    grantExpiresAfterMs: written.grant_expires_after ?? written.expires_after,
    windows: written.only_in_window ? windows : defaults.windows,
    stepUp: written.step_up,
    reminders: { everyMs: written.remind_every, atMost: written.remind_at_most },
    escalations: written.escalate.map(({ after, to }) => ({ afterMs: after, ...toList(to, groups) })),
    breakGlass: written.break_glass ?? defaults.breakGlass,
    allowsDelegation: written.delegation,
  };
}

export function toWindow({ time_zone: timeZone, ...rest }: z.infer<typeof window>): Window {
  return { ...rest, timeZone };
}

/** Accounts and groups of some entries; a single group keeps the name that it has in the configuration. */
export function toList(members: readonly Member[], groups: PolicyContext["groups"]): List {
  const lists = members.map((member) => resolved(member, groups));
  const [only] = members;
  return {
    users: [...new Set(lists.flatMap(({ users }) => users))],
    groups: [...new Set(lists.flatMap((list) => list.groups))],
    ...present("name", members.length === 1 && only?.kind === "named" ? only.name : undefined),
  };
}

function waysOf({ any_of: ways, users, groups, quorum }: WrittenPolicy): readonly (readonly WrittenPart[])[] {
  const everybody: readonly Member[] = [...users.map((id) => ({ kind: "user", id }) as const), ...groups];
  return ways ?? [[{ count: quorum ?? 1, members: everybody }]];
}

function resolved(member: Member, groups: PolicyContext["groups"]): List {
  if (member.kind === "user") return { users: [member.id], groups: [] };
  if (member.kind === "slack_group") return { users: [], groups: [member.id] };
  const source = Object.hasOwn(groups, member.name) ? groups[member.name] : undefined;
  if (source?.users !== undefined) return { users: source.users, groups: [] };
  return { users: [], groups: [source?.slack ?? `roster:${member.name}`] };
}
