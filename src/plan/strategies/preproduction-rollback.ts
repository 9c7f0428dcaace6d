import { databaseOf } from "#src/plan/databases-of.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Plan } from "#src/plan/plan.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import type { WayBack } from "#src/plan/way-back.ts";
import { formerDatabase } from "#src/plan/steps/backup-layout.ts";
import { copyChecked } from "#src/plan/steps/copy-steps.ts";
import { closeOld, lookBack } from "#src/plan/steps/roll-back-steps.ts";
import { sources } from "#src/plan/steps/sources.ts";

/** Whether the copy of production was begun and is not proven: the upgrade itself has not begun then. */
export function isCopyUnderWay(plan: Plan, progress: Progress): boolean {
  const isMade = plan.steps.some(({ id }) => id === copyChecked) && !progress.done.includes(copyChecked);
  return isMade && plan.steps.some(({ id }) => id.startsWith("copy-") && id !== "copy-dump" && isTouched(progress, id));
}

/** How to go back while the copy is made. */
export const copyWayBack: WayBack = {
  sentence:
    "The copy of production is not complete: a person puts back what was here before, which is kept under another name",
  price: "this environment does not serve until then; nothing of production was touched",
  isRestoreNeeded: false,
};

/** For the plan of the way back. */
export const copyUndoneNote =
  "The upgrade itself has not begun. A person undoes the copy as far as it got; repeating the step that failed is mostly the shorter way.";

/** A person undoes a copy that stopped in the middle, and this proves it. */
export function undoCopy({ context }: RollbackContext): readonly Step[] {
  return [undoByHand(context), adapted(closeOld(context), { source: sources.preproduction })];
}

function undoByHand(context: PlanContext): Step {
  const { name } = databaseOf(context.environment);
  const former = formerDatabase(context);
  return {
    ...lookBack(context),
    id: "copy-undo",
    title: "Put back what was here before the copy",
    why: "How far the copy got decides what has to be done; the environment is nobody's production.",
    class: "disruptive",
    action: {
      kind: "manual",
      instruction: `Where a database ${former} exists: stop all nodes, drop ${name} if it is there (it is only a copy), and rename ${former} to ${name}: \`ALTER DATABASE "${former}" RENAME TO "${name}"\`. Then start all nodes with ${context.from}.`,
      button: "It is as before",
    },
    proof: [],
    wayBack: "Make the copy again with a new plan.",
    source: sources.preproduction,
  };
}
