import { assess } from "#src/kong/assess/assess.ts";
import type { Assessment, HopAssessment } from "#src/kong/assessment.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import { formatVersion } from "#src/kong/version.ts";
import { chooseStrategy } from "./choose-strategy.ts";
import { findWay } from "./find-way.ts";
import type { PlanRequest } from "./make-plan.ts";
import { runningVersion } from "./running-version.ts";

/**
 * What hazards say about every upgrade on the way to the target. It is judged at the survey, while everything that was
 * read lies in memory, and kept with the facts. Undefined where the running version is not known or there is no way.
 */
export function judgeWay(
  request: Omit<PlanRequest, "facts">,
  facts: Facts,
  inventory: Inventory,
): Assessment | undefined {
  const { environment, to } = request;
  const running = runningVersion(environment, facts);
  if (!running.ok) return undefined;
  const way = findWay({ environment, facts, from: running.value, to });
  if (way.kind === "refused") return undefined;
  const strategy = strategyName(request, facts, running.value);
  const deployment = { ...inventory.deployment, ...(strategy === undefined ? {} : { strategy }) };
  const known = { ...inventory, deployment };
  return {
    target: to,
    hops: way.hops.map((hop): HopAssessment => {
      const judged = assess(known, { ...hop, edition: way.edition, strategy });
      return {
        from: formatVersion(hop.from),
        to: formatVersion(hop.to),
        findings: judged.findings,
        notChecked: judged.notChecked.map(({ input, problem, hazards }) => ({ input, problem, hazards })),
      };
    }),
  };
}

/** Some hazards hit only some strategies; where none works they are judged as not known. */
function strategyName(request: Omit<PlanRequest, "facts">, facts: Facts, from: string): string | undefined {
  const chosen = chooseStrategy({ ...request, facts, from }, request.strategy);
  return chosen.ok ? chosen.value.strategy.name : undefined;
}
