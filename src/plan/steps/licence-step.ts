import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import { allServing, migratingNode } from "./check-steps.ts";
import { sources } from "./sources.ts";

/** Gives the running cluster its Enterprise licence through the Admin API of one node; all nodes read it from the database. */
export function applyLicence(context: PlanContext, phase: Step["phase"]): Step {
  const { licence, timeouts } = context.environment;
  const node = migratingNode(context);
  const shared = {
    id: "licence",
    phase,
    title: "Apply the Enterprise licence",
    class: "safe",
    targets: [node.name],
    precheck: allServing(context, context.to),
    proof: [{ kind: "licence_valid", node: node.name }],
    timeoutMs: timeouts.commandMs,
    wayBack: "Delete the licence again (DELETE /licenses/{id}); Kong goes on serving without the Enterprise plugins.",
    source: sources.licence,
  } as const satisfies Partial<Step>;
  if (licence === undefined) {
    return {
      ...shared,
      why: "No licence is configured for this environment. Kong Enterprise starts without one, but Enterprise plugins stay off and parts of the Admin API become read-only.",
      action: {
        kind: "manual",
        instruction: `Whoever holds the licence: POST it as \`payload\` to /licenses of ${node.name}, or set KONG_LICENSE_DATA and restart the nodes one by one. Done when GET /licenses lists it, or GET /license/report of ${node.name} names its end.`,
        button: "The licence is applied",
      },
      // One that a node has from its environment is not told by GET /licenses, so nobody could ask for it later.
      proof: [],
      isIdempotent: true,
    };
  }
  return {
    ...shared,
    why: "Kong Enterprise starts without a licence, but Enterprise plugins stay off until it has one. Sent to one node, it reaches all of them through the database.",
    action: {
      kind: "request",
      node: node.name,
      method: "POST",
      path: "/licenses",
      body: {},
      secretFields: { payload: licence },
      expectStatus: [201],
    },
    // A second POST would add a second licence.
    isIdempotent: false,
  };
}
