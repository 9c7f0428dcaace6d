import { z } from "zod";
import { userIdSchema } from "#approvals/person.ts";
import { decisionSchema, stepUpSchema } from "#approvals/policy.ts";
import { stepKinds } from "#src/plan/step-kinds.ts";
import { duration, plainDuration } from "./field-schemas.ts";
import { writtenList, writtenWay } from "./list-of-people.ts";
import { named } from "./people-schemas.ts";

const escalation = z.strictObject({
  after: plainDuration("how long after the request"),
  to: writtenList.describe("who is told then: groups and Slack user ids, with commas between them"),
});

/** Who approves: in short `users`, `groups` and `quorum`, or every way of doing it in `any_of`. */
export const policy = named
  .extend({
    any_of: z
      .array(writtenWay)
      .min(1)
      .max(10)
      .optional()
      .describe('ways of approving, e.g. "2 of @dba" or "1 of @dba and 1 of @sre-leads"; each human counts once'),
    quorum: z.number().int().min(1).max(20).optional().describe("how many distinct people must approve (default 1)"),
    expires_after: duration("4h", "how long a request, and a granted approval, stays valid"),
    request_expires_after: plainDuration("how long a request stays open; expires_after where absent").optional(),
    grant_expires_after: plainDuration("how long a complete approval may wait; expires_after where absent").optional(),
    deny_threshold: z.number().int().min(1).max(20).default(1).describe("how many rejections end the request"),
    reason_required: z.array(decisionSchema).default(["reject"]).describe("decisions that need a reason"),
    other_people_than_last: z
      .boolean()
      .default(false)
      .describe("whoever approved the last irreversible step of the upgrade does not count"),
    only_in_window: z.boolean().default(false).describe("the step starts only while a window is open"),
    step_up: stepUpSchema
      .default("none")
      .describe("what an approval takes besides the click: the environment's name, or a one-time code"),
    remind_every: duration("30m", "how often those who can still approve are reminded"),
    remind_at_most: z.number().int().min(0).max(50).default(3),
    escalate: z.array(escalation).max(10).default([]).describe("who else is told when nobody decided"),
    break_glass: z
      .array(userIdSchema)
      .min(1)
      .max(50)
      .optional()
      .describe("who may start the step without the approval; nobody where absent"),
    delegation: z.boolean().default(true).describe("whether approvers may let somebody vote in their place"),
  })
  .refine(
    ({ any_of: ways, users, groups }) => ways !== undefined || users.length + groups.length > 0,
    "expected at least one of any_of, users or groups",
  )
  .refine(
    ({ any_of: ways, users, groups, quorum }) =>
      ways === undefined || (users.length + groups.length === 0 && quorum === undefined),
    "any_of says who approves and how many; write it, or users, groups and quorum, not both",
  );
export type WrittenPolicy = z.infer<typeof policy>;

export const policies = z.strictObject({
  irreversible: policy.describe("who approves steps that only a restore can undo"),
  disruptive: policy.optional().describe("who approves steps that may hurt traffic; nobody is asked where absent"),
  steps: z
    // Kinds are checked apart (check-policies.ts), which knows the nearest one.
    .record(z.string(), policy)
    .meta({ propertyNames: { enum: [...stepKinds] } })
    .optional()
    .describe("for single kinds of steps, instead of the policy of their class"),
});
export type WrittenPolicies = z.infer<typeof policies>;
