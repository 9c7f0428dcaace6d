import type { Environment } from "#src/plan/environment.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Command } from "#src/plan/step.ts";
import { sampleFacts } from "./sample.ts";

/** The in-place plan of the sample installation in another environment. */
export function inPlacePlanOf(environment: Environment): Plan {
  const made = makePlan({
    upgradeId: "KU-2026-0007",
    environment,
    facts: sampleFacts(),
    to: "3.4.2",
    strategy: "in-place",
    options: { order: "test-first" },
  });
  if (!made.ok) throw new Error(made.problem.map(({ sentence }) => sentence).join("; "));
  return made.value;
}

/** Every command of a plan, in order. */
export const commandsOf = ({ steps }: Plan): readonly Command[] =>
  steps.flatMap(({ action }) => (action.kind === "commands" ? action.commands : []));
