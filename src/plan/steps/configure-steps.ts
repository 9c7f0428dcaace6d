import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import { allInstalled, nodeNames } from "./check-steps.ts";
import { deedOf } from "./deed.ts";
import { sources } from "./sources.ts";

/** Where in a plan a version's own configuration is put in place, and which version's. */
export interface Configuring {
  readonly id: string;
  readonly phase: Step["phase"];
  readonly version: string;
  readonly from: string;
}

/** kong.conf, templates and custom plugins of a version, by the site's hook; no step where none is set. */
export function configureByHook(context: PlanContext, { id, phase, version, from }: Configuring): readonly Step[] {
  const { environment } = context;
  const names = nodeNames(context);
  const own = deedOf(environment, "configure", { nodes: names, versions: { version, from } });
  if (own === undefined) return [];
  return [
    {
      id,
      phase,
      title: `Put the configuration of ${version} in place on ${names.join(", ")}`,
      why: "kong.conf, templates and custom plugins belong to a version. The nodes are down, so nothing reads half of it.",
      class: "safe",
      action: { kind: "commands", commands: own.commands },
      targets: names,
      precheck: [],
      proof: [
        ...allInstalled(context, version),
        { kind: "files_present", paths: environment.nodes.map(({ conf }) => conf) },
      ],
      timeoutMs: own.timeoutMs + environment.timeouts.commandMs,
      isIdempotent: true,
      wayBack:
        phase === "roll_back"
          ? `Run the hook for ${from} again.`
          : `The way back runs the hook for ${from} and puts the saved kong.conf into its place.`,
      source: sources.ltsChanges,
    },
  ];
}
