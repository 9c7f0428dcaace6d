import type { Finding } from "#src/kong/finding.ts";
import type { Environment } from "./environment.ts";
import type { Step } from "./step.ts";

/** What would do a step that a person has to do, by the beginning of the step's id. */
const automation: readonly (readonly [RegExp, string])[] = [
  [/^(?:green-)?install/u, "hooks.install, or a packages recipe (apt, dpkg, yum, rpm, docker)"],
  [/^(?:green-)?start-/u, "hooks.start, or a service recipe (systemd, docker)"],
  [/^(?:green-)?stop-/u, "hooks.stop, or a service recipe (systemd, docker)"],
  [/admit/u, "hooks.admit"],
  [/drain/u, "hooks.drain; from 3.9 on `kong drain` does it"],
  [/^unfreeze/u, "hooks.unfreeze"],
  [/^freeze/u, "hooks.freeze"],
  [/decommission/u, "hooks.decommission"],
  [/shift|traffic/u, "hooks.shift_traffic"],
  [/provision/u, "hooks.provision"],
  [/configure/u, "hooks.configure"],
  [/smoke|test/u, "smoke_tests"],
];

/** Findings are not asked about their own step. */
const ownQuestion = "acknowledge-findings";

/**
 * One finding for every step that waits for a person because nothing is configured that would do it: who does it, what,
 * and how it is confirmed, known at plan time and not at 3 a.m.
 */
export function manualFindings(environment: Environment, steps: readonly Step[]): readonly Finding[] {
  return steps.flatMap((step): readonly Finding[] => {
    if (step.action.kind !== "manual" || step.id === ownQuestion) return [];
    const by = automation.find(([pattern]) => pattern.test(step.id))?.[1];
    return [
      {
        id: `manual-${step.id}`,
        kind: "finding",
        severity: "info",
        area: "general",
        title: `By hand: ${step.title}`,
        effect: `The upgrade waits at this step until ${whoOf(environment)} has done it and pressed “${step.action.button}”. ${step.action.instruction}`,
        evidence: [{ text: `step ${step.id} on ${step.targets.join(", ")}`, what: "step", name: step.id }],
        count: 1,
        remedy: `${confirmation(step)}${by === undefined ? "" : ` To have it done by the runner, configure ${by}.`}`,
        source: step.source,
      },
    ];
  });
}

function whoOf({ operators }: Environment): string {
  const named = operators.users.length + operators.groups.length;
  return named === 0 ? "a member of the team" : "one of the environment's operators";
}

function confirmation({ proof }: Step): string {
  return proof.length === 0
    ? "Nothing can be looked at afterwards: the person's word counts, with a note."
    : "The person's word counts at first; a later step of the runner looks at what was done.";
}
