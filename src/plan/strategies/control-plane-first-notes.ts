import { parseVersion } from "#src/kong/version.ts";
import type { Hybrid } from "#src/plan/steps/hybrid-steps.ts";
import { batchNotes } from "./rolling-notes.ts";

/** What a hybrid upgrade costs, why its steps stand in this order, and what it does not look at. */
export function hybridNotes({ whole, dataPlanes }: Hybrid): readonly string[] {
  const { from, to, options } = whole;
  const hasDataPlanes = dataPlanes.view.environment.nodes.length > 0;
  return [
    "Hybrid: traffic goes on all the time. Nobody can change the configuration from the freeze to the end; data planes serve what they have while the control planes are down.",
    options.order === "documented"
      ? "Order as Kong documents it: `finish` runs before the first new control plane starts."
      : "Order: the new control planes start and are checked, then `finish` runs, then the data planes are replaced.",
    "`finish` stands before the data planes on purpose: a data plane refuses a whole configuration of which one part still has a form that only `finish` converts (http-log headers, say). Going back costs a restore from `up` on in either case.",
    ...(crossesMajor(from, to)
      ? [
          `Data planes of ${from} get nothing from control planes of ${to}: until they are replaced they serve what they have cached. Do not restart one without need, and keep this time short.`,
        ]
      : []),
    ...(hasDataPlanes
      ? batchNotes(dataPlanes)
      : [
          "No data plane is configured as a node: a person has them replaced, and the control plane's list is the proof.",
        ]),
    "Custom plugins go onto the control planes first and then onto the data planes, with the same major version on both; rate-limiting-advanced with the strategy cluster does not work in hybrid mode.",
  ];
}

/** Whether old data planes and new control planes do not talk to each other. */
export function crossesMajor(from: string, to: string): boolean {
  return parseVersion(from)?.major !== parseVersion(to)?.major;
}
