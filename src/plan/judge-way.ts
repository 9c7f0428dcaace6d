import { assess } from "#src/kong/assess/assess.ts";
import { maxEvidence } from "#src/kong/assess/evidence.ts";
import type { Hop } from "#src/kong/assess/hop.ts";
import type { Assessment, HopAssessment } from "#src/kong/assessment.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import { compareVersions, formatVersion, parseVersion } from "#src/kong/version.ts";
import { chooseStrategy } from "./choose-strategy.ts";
import { findWay, obstacleOf } from "./find-way.ts";
import type { Way } from "./find-way.ts";
import type { PlanRequest } from "./make-plan.ts";
import { runningVersion } from "./running-version.ts";

/**
 * What hazards say about every upgrade on the way to the target. It is judged at the survey, while everything that was
 * read lies in memory, and kept with the facts. Undefined where the running version is not known.
 */
export function judgeWay(
  request: Omit<PlanRequest, "facts">,
  facts: Facts,
  inventory: Inventory,
  evidencePerFinding: number = maxEvidence,
): Assessment | undefined {
  const { environment, to } = request;
  const found = runningVersion(environment, facts, to);
  if (!found.ok) return undefined;
  const from = found.value;
  const way = findWay({ environment, facts, from, to });
  const chosen = chooseStrategy({ ...request, facts, from }, request.strategy, obstacleOf(way, environment));
  const strategy = chosen.ok ? chosen.value.strategy.name : undefined;
  const told = { edition: environment.edition, ...inventory.deployment };
  const deployment = { ...told, ...(strategy === undefined ? {} : { strategy }) };
  const known = { ...inventory, deployment };
  const running = parseVersion(from);
  return {
    target: to,
    hops: hopsOf(way, { from, to }).map((hop, index) =>
      judgeHop(
        known,
        { ...hop, edition: way.edition, strategy, running: index === 0 ? undefined : running },
        evidencePerFinding,
      ),
    ),
  };
}

function judgeHop(inventory: Inventory, hop: Hop, evidencePerFinding: number): HopAssessment {
  const { findings, notChecked } = assess(inventory, hop, catalogue, evidencePerFinding);
  return {
    from: formatVersion(hop.from),
    to: formatVersion(hop.to),
    findings,
    notChecked: notChecked.map(({ input, problem, hazards }) => ({ input, problem, hazards })),
  };
}

/** Every upgrade on the way; where it is refused, what going straight would meet, which a strategy may be made for. */
function hopsOf(way: Way, texts: { readonly from: string; readonly to: string }): readonly Pick<Hop, "from" | "to">[] {
  if (way.kind !== "refused") return way.hops;
  const from = parseVersion(texts.from);
  const to = parseVersion(texts.to);
  return from === undefined || to === undefined || compareVersions(to, from) < 0 ? [] : [{ from, to }];
}
