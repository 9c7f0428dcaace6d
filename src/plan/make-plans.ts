import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Facts } from "#src/kong/facts.ts";
import { makePlan } from "./make-plan.ts";
import type { PlanRequest } from "./make-plan.ts";
import { resealPlan } from "./plan.ts";
import type { Plan } from "./plan.ts";
import type { PlanRefusal } from "./refusal.ts";

/**
 * One plan per upgrade on the way to the target, in order. The first is the one that `start` executes. Each further one
 * is a preview from the version before it: what the installation will look like then, nobody has read yet.
 */
export function makePlans(request: PlanRequest): Result<readonly Plan[], readonly PlanRefusal[]> {
  const first = makePlan(request);
  if (!first.ok) return first;
  const plans: Plan[] = [first.value];
  for (const hop of first.value.journey?.hops.slice(1) ?? []) {
    const made = makePlan({ ...request, facts: assumeVersion(request.facts, hop.from), to: hop.to });
    if (!made.ok) return no(made.problem.map((refusal) => ofHop(refusal, hop)));
    plans.push(asPreview(made.value));
  }
  return ok(plans);
}

/** The installation as it would be after an upgrade that went as planned. */
function assumeVersion(facts: Facts, version: string): Facts {
  const { database, installation } = facts;
  return {
    ...facts,
    nodes: facts.nodes.map((node) =>
      Object.assign(
        { ...node },
        node.cliVersion === undefined ? {} : { cliVersion: version },
        node.admin === undefined ? {} : { admin: { ...node.admin, version } },
      ),
    ),
    ...(database === undefined ? {} : { database: { ...database, schemaMeta: [], migrations: upToDate } }),
    ...(installation?.version === undefined
      ? {}
      : { installation: { ...installation, version: { ...installation.version, value: version } } }),
  };
}

const upToDate = { state: "up_to_date", executed: {}, pending: {}, new: {} } as const;

function asPreview(plan: Plan): Plan {
  const note = `Preview: made anew from what a survey finds once ${plan.from} runs; its digest will be another one.`;
  return resealPlan({ ...plan, notes: [note, ...plan.notes] });
}

function ofHop(refusal: PlanRefusal, { from, to }: { readonly from: string; readonly to: string }): PlanRefusal {
  return { ...refusal, sentence: `upgrade ${from} → ${to}: ${refusal.sentence}` };
}
