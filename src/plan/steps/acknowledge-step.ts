import type { Finding } from "#src/kong/finding.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import { nodeNames } from "./check-steps.ts";
import { findingLines } from "./finding-lines.ts";
import { sources } from "./sources.ts";

/** A person decides on every finding before anything is touched; no step where there are none. */
export function acknowledge(context: PlanContext, findings: readonly Finding[], why: string): readonly Step[] {
  if (findings.length === 0) return [];
  return [
    {
      id: "acknowledge-findings",
      phase: "prepare",
      title: `Decide on ${findings.length} ${findings.length === 1 ? "finding or question" : "findings and questions"}`,
      why: `These changes of Kong hit this installation, or could not be decided. ${why}`,
      class: "safe",
      action: {
        kind: "manual",
        instruction: `Each of these is repaired, accepted or answered; evidence and remedy stand in the plan:\n${findingLines(findings)}`,
        button: "All are decided",
      },
      targets: nodeNames(context),
      precheck: [],
      proof: [],
      timeoutMs: context.environment.timeouts.commandMs,
      isIdempotent: true,
      wayBack: "Nothing was changed.",
      source: sources.inPlace(4),
    },
  ];
}
