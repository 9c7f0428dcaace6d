import { z } from "zod";
import { groupIdSchema, userIdSchema } from "./person.ts";
import { windowSchema } from "./window.ts";

/** Some of these people: `count` distinct humans of a list. */
const partSchema = z.object({
  /** Distinct humans who must agree. */
  count: z.number().int().min(1).max(20),
  users: z.array(userIdSchema).readonly(),
  groups: z.array(groupIdSchema).readonly(),
  /** How the configuration calls them, e.g. `dba`; without it they are listed. */
  name: z.string().optional(),
});
export type Part = z.infer<typeof partSchema>;

/** Whom lists name: accounts, and groups (Slack user groups and `roster:NAME`). */
export type PeopleLists = Pick<Part, "users" | "groups">;

/** How much proof of a person's presence an approval takes; each contains the ones before it. */
const stepUps = ["none", "confirm", "totp"] as const;
export const stepUpSchema = z.enum(stepUps);
export type StepUp = z.infer<typeof stepUpSchema>;

export const decisionSchema = z.enum(["approve", "reject"]);

const wholePolicySchema = z.object({
  /** Ways of meeting the policy. Each is a list of parts that must all be met, by different humans. */
  alternatives: z.array(z.array(partSchema).min(1).max(10).readonly()).min(1).max(10).readonly(),
  /** Distinct humans whose rejection ends the request. */
  denyThreshold: z.number().int().min(1).max(20),
  reasonRequired: z.array(decisionSchema).readonly(),
  /** Whoever approved the last irreversible step of the upgrade does not count. */
  needsOtherPeople: z.boolean(),
  requestExpiresAfterMs: z.number().int().positive(),
  /** How long a complete approval may wait for the start of its step. */
  grantExpiresAfterMs: z.number().int().positive(),
  /** The step starts only while one of them is open; at any time where empty. */
  windows: z.array(windowSchema).readonly(),
  stepUp: stepUpSchema,
  /** Direct messages to those who can still approve. */
  reminders: z.object({ everyMs: z.number().int().positive(), atMost: z.number().int().min(0).max(50) }),
  /** Who else is told when nobody decided, one after the other. */
  escalations: z
    .array(
      z.object({
        afterMs: z.number().int().positive(),
        users: z.array(userIdSchema).readonly(),
        groups: z.array(groupIdSchema).readonly(),
        name: z.string().optional(),
      }),
    )
    .readonly(),
  /** Who may start the step without the approval, by name only. */
  breakGlass: z.array(userIdSchema).readonly(),
  /** Whether approvers may let somebody else vote in their place. */
  allowsDelegation: z.boolean(),
});

/** Who may vote at a gate and what it takes. Durations in milliseconds. Records of version 0.1 have a quorum of one list. */
export const policySchema = z.preprocess(fromQuorum, wholePolicySchema);
export type Policy = z.infer<typeof wholePolicySchema>;

/** What holds where nothing else is written: one rejection ends it, nothing is taken for granted. */
export const defaults = {
  denyThreshold: 1,
  reasonRequired: ["reject"],
  needsOtherPeople: false,
  windows: [],
  stepUp: "none",
  reminders: { everyMs: 30 * 60_000, atMost: 3 },
  escalations: [],
  breakGlass: [],
  allowsDelegation: true,
} as const satisfies Partial<Policy>;

const quorumSchema = z.object({
  users: z.array(userIdSchema),
  groups: z.array(groupIdSchema),
  quorum: z.number().int(),
  expiresAfterMs: z.number().int(),
});

/** The policy of a quorum out of one list. */
export function quorumPolicy(
  { users, groups, quorum, expiresAfterMs }: z.infer<typeof quorumSchema>,
  over: Partial<Policy> = {},
): Policy {
  return {
    ...defaults,
    alternatives: [[{ count: quorum, users, groups }]],
    requestExpiresAfterMs: expiresAfterMs,
    grantExpiresAfterMs: expiresAfterMs,
    ...over,
  };
}

function fromQuorum(raw: unknown): unknown {
  const old = quorumSchema.safeParse(raw);
  return old.success ? quorumPolicy(old.data) : raw;
}

/** Every part of every alternative. */
export function partsOf(policy: Policy): readonly Part[] {
  return policy.alternatives.flat();
}

/** Every group that the policy names anywhere; membership of these is looked up. */
export function groupsOfPolicy(policy: Policy): readonly string[] {
  return [...new Set([...partsOf(policy), ...policy.escalations].flatMap(({ groups }) => groups))];
}

/** Every account that the policy names anywhere. */
export function usersOfPolicy(policy: Policy): readonly string[] {
  const named = [...partsOf(policy), ...policy.escalations].flatMap(({ users }) => users);
  return [...new Set([...named, ...policy.breakGlass])];
}

/** Whether one proof of presence is at least as much as another. */
export function isEnough(given: StepUp, wanted: StepUp): boolean {
  return stepUps.indexOf(given) >= stepUps.indexOf(wanted);
}
