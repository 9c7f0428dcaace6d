import { z } from "zod";
import { personSchema } from "#approvals/person.ts";

/** `KU-2026-0007`: unique, in order of request, speakable on a call. */
export const upgradeIdSchema = z.templateLiteral(["KU-", z.string().regex(/^\d{4}-\d{4,}$/u)]);
export type UpgradeId = z.infer<typeof upgradeIdSchema>;

/** Somebody who asks for something: a person in Slack, looked up fresh, or an operator at a terminal (Slack may be down). */
export const requesterSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slack"), person: personSchema }),
  z.object({ kind: z.literal("terminal"), account: z.string(), host: z.string() }),
]);
export type Requester = z.infer<typeof requesterSchema>;

/** Who caused an event. */
export const actorSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("person"), userId: z.string(), teamId: z.string(), name: z.string() }),
  z.object({ kind: z.literal("terminal"), account: z.string(), host: z.string() }),
  z.object({ kind: z.literal("runner"), runnerId: z.string() }),
  z.object({ kind: z.literal("bot"), replica: z.string() }),
]);
export type Actor = z.infer<typeof actorSchema>;

/** How a requester is written into the record. */
export function actorOf(requester: Requester): Actor {
  if (requester.kind === "terminal") return requester;
  const { person } = requester;
  return person.kind === "known"
    ? { kind: "person", userId: person.userId, teamId: person.teamId, name: person.name }
    : { kind: "person", userId: person.userId, teamId: "unknown", name: "unknown" };
}
