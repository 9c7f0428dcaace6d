import { discover } from "#src/discovery/discover.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Redactor } from "./output/redact.ts";

const surveyTimeoutMs = 300_000;

/** Reads the live installation; one that cannot be read at all still gives facts, which say so. */
export async function survey(environment: Environment, ports: DiscoveryPorts, redactor: Redactor): Promise<Facts> {
  const late = Promise.withResolvers<Facts>();
  const timer = setTimeout(
    () => late.resolve(withoutAnswer(environment, ports, `it took longer than ${surveyTimeoutMs} ms`)),
    surveyTimeoutMs,
  );
  try {
    const found = discover(environment, ports).then(({ facts }) => facts);
    return await Promise.race([found, late.promise]);
  } catch (error) {
    return withoutAnswer(environment, ports, redactor.redactText(errorMessage(error)));
  } finally {
    clearTimeout(timer);
  }
}

function withoutAnswer(environment: Environment, ports: DiscoveryPorts, problem: string): Facts {
  const at = ports.now();
  return {
    observedAt: at,
    nodes: environment.nodes.map(({ name }) => ({ name })),
    configuration: {},
    sources: [{ name: environment.name, outcome: { kind: "failed", at, problem, undecided: ["everything"] } }],
  };
}
