import { isTouched } from "#src/plan/progress.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import { inPlace } from "./in-place.ts";

/** What the way back to Kong OSS costs: that of an upgrade in place, and the package of the other edition. */
export function ossToEnterpriseRollbackNotes(rollback: RollbackContext): readonly string[] {
  const { plan, progress } = rollback;
  return [
    ...inPlace.rollbackNotes(rollback),
    ...(isTouched(progress, "install")
      ? [`The package of Kong OSS ${plan.from} has to be installable still: Kong Enterprise takes its place on disk.`]
      : []),
    ...(isTouched(progress, "licence")
      ? ["The licence lies in the database that is set aside; Kong OSS knows none, and the licence itself stays valid."]
      : []),
  ];
}
