import type { Facts } from "#src/kong/facts.ts";
import { inputs } from "#src/kong/inventory.ts";
import { AppError } from "#src/kernel/app-error.ts";
import { diffPlans } from "#src/plan/diff-plans.ts";
import { makePlans } from "#src/plan/make-plans.ts";
import { planSchema } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import { planDiffText } from "#src/report/plan-diff.ts";
import { planText } from "#src/report/plan-text.ts";
import { z } from "zod";
import type { CheckOptions } from "./check-options.ts";
import { givenText } from "./given-text.ts";
import { lookAt } from "./look-at.ts";
import type { Terminal } from "./look-at.ts";
import { previewId } from "./preview-id.ts";
import type { Printed } from "./run-word.ts";

/** The form of printed plans; it changes when a field changes its meaning. */
const format = "kong-upgrade-plans/1";

const printedSchema = z.object({ format: z.literal(format), plans: z.array(planSchema).min(1).readonly() });

/**
 * The checklist, one per upgrade on the way: the same function that the bot and the runner use, so the same facts give
 * the same value. Only the upgrade's id differs, which is part of file names and so of the digest.
 */
export async function planAtTerminal(options: CheckOptions, terminal: Terminal): Promise<Printed> {
  const { environment, facts, isSketch, sources } = await lookAt(options, terminal);
  const made = makePlans({
    upgradeId: previewId,
    environment,
    facts,
    to: options.to,
    strategy: options.strategy,
    options: options.plan,
  });
  if (!made.ok) {
    const lines = made.problem.map(({ sentence, help }) => `  ${sentence}\n      what would help: ${help}`);
    return { text: `There is no plan:\n${lines.join("\n")}`, status: 1 };
  }
  const plans = made.value;
  if (options.diff !== undefined) return { text: await diffWith(options.diff, plans), status: 0 };
  const unread = sources.flatMap(({ name, outcome }) =>
    outcome.kind === "failed" ? [`Could not be read: ${name}: ${outcome.problem}`] : [],
  );
  const status = unread.length === 0 ? 0 : 2;
  if (options.format === "json") return { text: JSON.stringify({ format, plans }, undefined, 2), status };
  const outline = isSketch
    ? [
        "This is an outline: names and addresses are placeholders, because no environment of kong-upgrade.yml was named.",
        "",
      ]
    : [];
  const parts = plans.flatMap((plan) => notLookedAt(facts, plan).concat(planText(plan), ""));
  return { text: [...outline, ...unread, ...parts].join("\n").trimEnd(), status };
}

/** What nobody looked at, before a plan: a checklist without findings must not look as if all was seen. */
function notLookedAt(facts: Facts, hop: { readonly from: string; readonly to: string }): readonly string[] {
  const judged = facts.assessment?.hops.find(({ from, to }) => from === hop.from && to === hop.to);
  const open = judged?.notChecked ?? [];
  if (open.length === 0) return [];
  const parts = open.map(({ input, hazards }) => `${wordsOf(input)} (${hazards.length})`);
  return [`Not looked at, with the number of hazards that nobody could decide because of it: ${parts.join("; ")}.`];
}

function wordsOf(input: string): string {
  return Object.entries(inputs).find(([name]) => name === input)?.[1] ?? input;
}

/** @throws AppError `usage` where the file holds no plans that were printed */
async function diffWith(file: string, plans: readonly Plan[]): Promise<string> {
  const old = parsePrinted(file, await givenText(file, "print a plan with --format json first"));
  return plans
    .flatMap((plan, index) => {
      const before = old[index];
      return before === undefined
        ? [`${plan.from} → ${plan.to}: there was no plan`]
        : [planDiffText(diffPlans({ upgradeId: previewId, plan: before }, { upgradeId: previewId, plan }))];
    })
    .join("\n\n");
}

function parsePrinted(file: string, text: string): readonly Plan[] {
  try {
    return printedSchema.parse(JSON.parse(text)).plans;
  } catch (cause) {
    throw new AppError("usage", `${file} holds no plans that \`plan --format json\` printed`, { cause });
  }
}
