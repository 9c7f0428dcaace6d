import type { Finding } from "#src/kong/finding.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import { nodeNames } from "./check-steps.ts";
import { sources } from "./sources.ts";

/** Lines that fit into one Slack text of 3,000 characters. */
const maxLines = 25;

/** A person decides on every finding before anything is touched; no step where there are none. */
export function acknowledge(context: PlanContext, findings: readonly Finding[], why: string): readonly Step[] {
  if (findings.length === 0) return [];
  const lines = findings.slice(0, maxLines).map((finding) => {
    const count = finding.count > 1 ? ` (${finding.count})` : "";
    return `• ${finding.title}${count}`;
  });
  const rest = findings.length - lines.length;
  return [
    {
      id: "acknowledge-findings",
      phase: "prepare",
      title: `Decide on ${findings.length} ${findings.length === 1 ? "finding" : "findings"} and questions`,
      why: `These changes of Kong hit this installation, or could not be decided. ${why}`,
      class: "safe",
      action: {
        kind: "manual",
        instruction: `Each of these is repaired, accepted or answered; evidence and remedy stand in the plan:\n${[...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n")}`,
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
