import { expect, test } from "vitest";
import { feasibilityOf } from "#approvals/feasibility.ts";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { describeUnmet } from "#commands/unmet-policy.ts";
import type { Telling, UnmetPolicy } from "#commands/unmet-policy.ts";
import { identitiesOf } from "#approvals/person.ts";
import { person } from "#test/support/samples.ts";

const dba = { users: [], groups: ["S0DBA0001"], name: "dba" };
const leads = { users: [], groups: ["S0LEADS01"], name: "sre-leads" };
const named = (name: string, over: Parameters<typeof person>[1] = {}) =>
  person(`U0${name.toUpperCase()}001`, { name, groups: ["S0DBA0001"], ...over });

const carol = named("carol");
const erin = named("erin");
const dora = named("dora", { isDeactivated: true });
const gina = named("gina", { isGuest: true });

function policyOf(alternatives: Policy["alternatives"], over: Partial<Policy> = {}): Policy {
  const base = quorumPolicy({ users: [], groups: [], quorum: 1, expiresAfterMs: 1 });
  return { ...base, alternatives, ...over };
}

interface Case {
  readonly policy: Policy;
  readonly roster: readonly Person[];
  readonly requesters?: readonly Person[];
  readonly unmet?: Partial<UnmetPolicy>;
  readonly telling?: Partial<Telling>;
}

function tell({ policy, roster, requesters = [], unmet = {}, telling = {} }: Case): string {
  const feasibility = feasibilityOf(policy, {
    roster,
    requesterIds: requesters.flatMap(identitiesOf),
    before: policy,
  });
  if (feasibility.kind === "can_be_met") throw new Error("the policy can be met");
  const names = { person: (id: string) => id.toLowerCase(), group: (id: string) => id.toLowerCase() };
  return describeUnmet(
    { policy, what: "irreversible steps", feasibility, unreadGroups: [], leftOut: 0, ...unmet },
    { names, starterIds: [], ...telling },
  );
}

test("who can, who is missing, and why each of the others does not count", () => {
  expect(
    tell({ policy: policyOf([[{ count: 2, ...dba }]]), roster: [carol, dora, erin, gina], requesters: [carol] }),
  ).toBe(
    "2 of @dba are needed to approve irreversible steps: only erin can (carol asked for this upgrade; dora is deactivated; gina is a guest). 1 more of @dba is missing.",
  );
});

test("whoever is not in a list of the policy is not mentioned", () => {
  const alice = named("alice", { groups: [] });
  const frank = named("frank", { groups: ["S0LEADS01"], isGuest: true });
  expect(tell({ policy: policyOf([[{ count: 2, ...dba }]]), roster: [alice, frank, erin], requesters: [alice] })).toBe(
    "2 of @dba are needed to approve irreversible steps: only erin can. 1 more of @dba is missing.",
  );
});

test("of several ways all are named, and what is missing of the nearest one", () => {
  const policy = policyOf([
    [{ count: 3, ...dba }],
    [
      { count: 1, ...dba },
      { count: 1, ...leads },
    ],
  ]);
  expect(tell({ policy, roster: [carol] })).toBe(
    "3 of @dba, or 1 of @dba and 1 of @sre-leads, are needed to approve irreversible steps: only carol can. 1 more of @sre-leads is missing.",
  );
  const bot = named("robot", { isBot: true, groups: ["S0LEADS01"] });
  expect(tell({ policy, roster: [bot] })).toBe(
    "3 of @dba, or 1 of @dba and 1 of @sre-leads, are needed to approve irreversible steps: nobody can (robot is a bot). 1 more of @dba and 1 more of @sre-leads are missing.",
  );
});

test("one person in two lists is one, and their other account is not told as somebody else", () => {
  const policy = policyOf([
    [
      { count: 1, ...dba },
      { count: 1, ...leads },
    ],
  ]);
  const both = named("erin", { groups: ["S0DBA0001", "S0LEADS01"], human: "erin" });
  const old = named("erin-old", { human: "erin", isDeactivated: true });
  expect(tell({ policy, roster: [both, old] })).toMatch(
    /: only erin can\. 1 more of @(?:dba|sre-leads) is missing\.$/u,
  );
});

test("other people than for the step before are needed, and it is said so", () => {
  const policy = policyOf([[{ count: 1, ...dba }]], { needsOtherPeople: true });
  expect(tell({ policy, roster: [erin] })).toBe(
    "1 of @dba is needed to approve irreversible steps, each time by other people than the time before: only erin can. 1 more of @dba is missing.",
  );
});

test("what could not be looked up is told as such, people, groups and whoever is too many", () => {
  const policy = policyOf([[{ count: 2, ...dba }]]);
  const unknown: Person = { kind: "unknown", userId: "U0OMAR001", problem: "timeout" };
  expect(tell({ policy, roster: [unknown, erin], unmet: { unreadGroups: ["S0DBA0001"], leftOut: 7 } })).toBe(
    "2 of @dba are needed to approve irreversible steps: only erin can (U0OMAR001 could not be looked up; the members of @dba could not be looked up; 7 more people of its lists were not looked at; name smaller groups). 1 more of @dba is missing.",
  );
});

test("lists without a name are told by the names of groups and people, rosters by theirs", () => {
  const policy = policyOf([[{ count: 2, users: ["U0ERIN001"], groups: ["S0DBA0001", "roster:on-call"] }]]);
  expect(tell({ policy, roster: [], unmet: { unreadGroups: ["roster:on-call"] } })).toBe(
    "2 of @s0dba0001, @on-call or u0erin001 are needed to approve irreversible steps: nobody can (the members of @on-call could not be looked up). 2 more of @s0dba0001, @on-call or u0erin001 are missing.",
  );
});

test("two people with one name are told apart by their accounts", () => {
  const imitator = person("U0MALLO01", { name: "carol", groups: ["S0DBA0001"], isHomeTeam: false });
  expect(tell({ policy: policyOf([[{ count: 2, ...dba }]]), roster: [carol, imitator] })).toContain(
    "only carol (U0CAROL001) can (carol (U0MALLO01) belongs to another organisation)",
  );
});

test("whoever is about to start it is told apart from those who asked", () => {
  expect(
    tell({
      policy: policyOf([[{ count: 1, ...dba }]]),
      roster: [carol, erin],
      requesters: [carol, erin],
      telling: { starterIds: [erin.userId] },
    }),
  ).toContain("nobody can (carol asked for this upgrade; erin would have started it)");
});

test("a long list of people is cut", () => {
  const many = Array.from({ length: 15 }, (_, index) => named(`guest${index}`, { isGuest: true }));
  const said = tell({ policy: policyOf([[{ count: 1, ...dba }]]), roster: many });
  expect(said).toContain("guest9 is a guest; 5 more do not count either)");
  expect(said).not.toContain("guest10");
});
