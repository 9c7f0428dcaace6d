import { z } from "zod";
import { groupIdSchema, userIdSchema } from "#approvals/person.ts";
import { windowSchema } from "#approvals/window.ts";
import { instantSchema } from "#src/kernel/instant.ts";

/** Whom a list names; nobody where it is empty. */
const peopleSchema = z.object({ users: z.array(userIdSchema).readonly(), groups: z.array(groupIdSchema).readonly() });

/** A time in which the organisation begins nothing. `to` is exclusive. */
export const freezeSchema = z.object({
  name: z.string(),
  from: instantSchema,
  to: instantSchema,
  reason: z.string(),
  /** Who may lift it for one upgrade. */
  mayLift: peopleSchema,
  /** Whether a step whose glass was broken starts all the same. */
  yieldsToBrokenGlass: z.boolean(),
});
export type Freeze = z.infer<typeof freezeSchema>;

const maintenanceSchema = z.object({
  windows: z.array(windowSchema).min(1).readonly(),
  /** Which steps start only inside: those that may hurt traffic or cannot be undone, or every step. */
  bind: z.enum(["impacting", "all"]),
  /** Who may let an upgrade go on outside of them. */
  mayLift: peopleSchema,
});
export type Maintenance = z.infer<typeof maintenanceSchema>;

/** When an environment may be changed, as the configuration says it now. */
export const calendarSchema = z.object({
  /** By which people mean the times that they type. */
  timeZone: z.string().optional(),
  maintenance: maintenanceSchema.optional(),
  /** Those of the organisation that do not except this environment. */
  freezes: z.array(freezeSchema).readonly(),
});
export type Calendar = z.infer<typeof calendarSchema>;

/** Where nothing is written: everything may start at any time. */
export const openCalendar: Calendar = { freezes: [] };

/** Everybody whom a calendar names as allowed to lift something. */
export function liftersOf({ calendar }: { readonly calendar?: Calendar | undefined }): readonly Freeze["mayLift"][] {
  const { maintenance, freezes = [] } = calendar ?? {};
  return [...(maintenance === undefined ? [] : [maintenance]), ...freezes].map(({ mayLift }) => mayLift);
}
