import { z } from "zod";
import { isAfter, instantSchema } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { isSameHuman, personSchema } from "./person.ts";
import type { Person } from "./person.ts";

/** An approver lets somebody else vote in their place for a while, within one upgrade. Nobody hands on what they were handed. */
export const delegationSchema = z.object({
  from: personSchema,
  to: personSchema,
  at: instantSchema,
  until: instantSchema,
});
export type Delegation = z.infer<typeof delegationSchema>;

/** Delegations that hold now. */
export function inForce(delegations: readonly Delegation[], now: Instant): readonly Delegation[] {
  return delegations.filter(({ until }) => !isAfter(now, until));
}

/** In whose place somebody may vote now. */
export function delegatorsOf(delegations: readonly Delegation[], delegate: Person, now: Instant): readonly Person[] {
  return inForce(delegations, now).flatMap(({ from, to }) => (isSameHuman(delegate, to) ? [from] : []));
}

/** The delegation by which somebody gave their own vote away. */
export function delegationOf(delegations: readonly Delegation[], person: Person, now: Instant): Delegation | undefined {
  return inForce(delegations, now).find(({ from }) => isSameHuman(person, from));
}
