import { discover } from "#src/discovery/discover.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import type { Environment } from "#src/plan/environment.ts";
import { judgeWay } from "#src/plan/judge-way.ts";
import type { PlanRequest } from "#src/plan/make-plan.ts";
import type { Redactor } from "./output/redact.ts";

const surveyTimeoutMs = 300_000;

/** What is asked about an installation: the upgrade whose way hazards are judged for. */
export type SurveyRequest = Omit<PlanRequest, "facts">;

/**
 * Reads the live installation and judges what the way to the target would meet there. One that cannot be read at all
 * still gives facts, which say so.
 */
export async function survey(request: SurveyRequest, ports: DiscoveryPorts, redactor: Redactor): Promise<Facts> {
  const { environment } = request;
  const late = Promise.withResolvers<Facts>();
  const timer = setTimeout(
    () => late.resolve(withoutAnswer(environment, ports, `it took longer than ${surveyTimeoutMs} ms`)),
    surveyTimeoutMs,
  );
  try {
    const found = discover(environment, ports).then(({ facts, inventory }) => judged(request, facts, inventory));
    return await Promise.race([found, late.promise]);
  } catch (error) {
    return withoutAnswer(environment, ports, redactor.redactText(errorMessage(error)));
  } finally {
    clearTimeout(timer);
  }
}

function judged(request: SurveyRequest, facts: Facts, inventory: Inventory): Facts {
  const assessment = judgeWay(request, facts, inventory);
  return assessment === undefined ? facts : { ...facts, assessment };
}

/** Facts that say that nothing was read, and why. */
export function withoutAnswer(environment: Environment, ports: Pick<DiscoveryPorts, "now">, problem: string): Facts {
  const at = ports.now();
  return {
    observedAt: at,
    nodes: environment.nodes.map(({ name }) => ({ name })),
    configuration: {},
    sources: [{ name: environment.name, outcome: { kind: "failed", at, problem, undecided: ["everything"] } }],
  };
}
