import type { PlanContext } from "#src/plan/plan-context.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import type { Step } from "#src/plan/step.ts";
import { scratchDatabase } from "./backup-layout.ts";
import { allServing, migrations, nodeNames } from "./check-steps.ts";
import { unfreeze } from "./freeze-steps.ts";
import { dropDatabase } from "./postgres-command.ts";
import { lookAt } from "./look.ts";
import type { Look } from "./look.ts";
import { sources } from "./sources.ts";

/** What steps of a way back have in common that only look. */
export function lookBack(context: PlanContext): Look & Pick<Step, "source"> {
  return {
    ...lookAt(context, "roll_back", nodeNames(context)),
    wayBack: "Nothing was changed.",
    source: sources.inPlace(11),
  };
}

/** Drops the database that the backup was proven in, where the upgrade did not get to it. */
export function dropScratchLeft({ context, progress }: RollbackContext): readonly Step[] {
  if (!isTouched(progress, "prove-backup") || progress.done.includes("drop-scratch")) return [];
  const scratch = scratchDatabase(context);
  return [
    {
      ...lookBack(context),
      id: "drop-scratch",
      title: "Drop the scratch database",
      why: "It was only made to prove the backup.",
      action: { kind: "commands", commands: [dropDatabase(context.environment, scratch)] },
      targets: ["database"],
      proof: [{ kind: "database_absent", name: scratch }],
    },
  ];
}

/** Lifts the freeze, where it was begun. */
export function thaw({ context, progress }: RollbackContext): readonly Step[] {
  return isTouched(progress, "freeze") ? [unfreeze(context, context.from, "roll_back")] : [];
}

/** The last look: the old version serves on a schema that is its own. */
export function closeOld(context: PlanContext): Step {
  return {
    ...lookBack(context),
    id: "close",
    title: `Close: all nodes serve ${context.from}`,
    why: "The last look before the record is closed.",
    proof: [...allServing(context, context.from), migrations(context, ["up_to_date"], context.from)],
  };
}
