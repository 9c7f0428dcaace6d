import { z } from "zod";

/** Slack's immutable identity of a person; names are shown, never trusted (Slack: names can be imitated). */
export const userIdSchema = z.string().regex(/^[UW][A-Z0-9]{2,}$/u, "expected a Slack user id such as U0ALICE01");
const teamIdSchema = z.string().regex(/^[TE][A-Z0-9]{2,}$/u, "expected a Slack team id such as T0ACME001");
export const groupIdSchema = z.string().regex(/^S[A-Z0-9]{2,}$/u, "expected a Slack user group id such as S0APPROVE");

/**
 * What a fresh look-up told about somebody at one moment. `unknown` is a look-up that failed: it counts as no.
 * `groups` holds only those user groups that the asked policies name.
 */
export const personSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("known"),
    userId: userIdSchema,
    teamId: teamIdSchema,
    /** The name at that time, for the record. */
    name: z.string(),
    isHomeTeam: z.boolean(),
    isDeactivated: z.boolean(),
    isBot: z.boolean(),
    isGuest: z.boolean(),
    groups: z.array(groupIdSchema).readonly(),
  }),
  z.object({ kind: z.literal("unknown"), userId: userIdSchema, problem: z.string() }),
]);
export type Person = z.infer<typeof personSchema>;
