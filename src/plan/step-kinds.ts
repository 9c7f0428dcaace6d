import type { Policy } from "#approvals/policy.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "./environment.ts";
import type { Step } from "./step.ts";

/** Kinds of steps that a policy of their own can be written for; a step's id is its kind, with a side or a node around it. */
export const stepKinds = [
  "acknowledge-findings",
  "admit",
  "apply-definitions",
  "configure",
  "copy",
  "create-database",
  "decommission",
  "delete-old-jobs",
  "drain",
  "drop-scratch",
  "freeze",
  "helm-finish",
  "import",
  "install",
  "licence",
  "migrations-bootstrap",
  "migrations-finish",
  "migrations-up",
  "provision",
  "reload",
  "replace-data-planes",
  "restore-database",
  "restore-files",
  "restore-keyring",
  "rollback",
  "set-aside-database",
  "shift",
  "start",
  "start-controller",
  "stop",
  "stop-controller",
  "try",
  "unfreeze",
  "upgrade",
] as const;
export type StepKind = (typeof stepKinds)[number];

/** What kind of step this is; the most exact of several, undefined for one that no policy can be written for. */
export function kindOf({ id }: Pick<Step, "id">): StepKind | undefined {
  return stepKinds
    .filter((kind) => `-${id}-`.includes(`-${kind}-`))
    .toSorted((left, right) => right.length - left.length)[0];
}

/** The policy that a step must meet: that of its kind, else of its class; undefined where the start is permission enough. */
export function policyFor({ policies }: Environment, step: Pick<Step, "id" | "class">): Policy | undefined {
  const kind = kindOf(step);
  const own = kind === undefined ? undefined : policies.steps?.[kind];
  if (own !== undefined) return own;
  switch (step.class) {
    case "irreversible":
      return policies.irreversible;
    case "disruptive":
      return policies.disruptive;
    case "safe":
      return undefined;
    default:
      return unreachable(step.class);
  }
}

/** The step with the time limit that the site gave to its kind; as it is where it gave none. */
export function withTimeLimit(step: Step, { timeouts }: Environment): Step {
  const kind = kindOf(step);
  const timeoutMs = kind === undefined ? undefined : timeouts.steps?.[kind];
  return timeoutMs === undefined ? step : { ...step, timeoutMs };
}

/** Every policy of an environment. */
export function policiesOf({ policies }: Environment): readonly Policy[] {
  const { irreversible, disruptive, steps } = policies;
  return [irreversible, ...(disruptive === undefined ? [] : [disruptive]), ...Object.values(steps ?? {})];
}
