import type { Probe } from "./probe.ts";
import { kindOf } from "./step-kinds.ts";
import type { Step } from "./step.ts";

/**
 * Whether what keeps a step from running is just what it would bring about: the database that it creates is there, the
 * one that it renames has its new name.
 */
export function isOwnResult(obstacle: Probe, proof: readonly Probe[]): boolean {
  switch (obstacle.kind) {
    case "database_absent":
      return proof.some((each) => each.kind === "database_present" && isSamePlace(each, obstacle));
    case "database_present":
      return proof.some((each) => each.kind === "database_absent" && isSamePlace(each, obstacle));
    default:
      return false;
  }
}

/** Of which a program itself may be the reason that was cut off in the middle. */
export function mayBeOwnTrace(obstacle: Probe): boolean {
  return obstacle.kind === "configuration_unchanged";
}

/**
 * Whether a further attempt goes on over such a trace: `finish` takes up what is still pending, wherever it was cut off.
 * An `up` runs a migration again whose end it could not record, and that may rewrite data twice (seen with `up --force` of
 * Kong 3.4.2: a second `~` before each regex path, which then matches nothing).
 */
export function goesOnOverOwnTrace(step: Pick<Step, "id">): boolean {
  const kind = kindOf(step);
  return kind === "migrations-finish" || kind === "helm-finish";
}

/** What has to be true besides its proof before something that is there already is taken for what the step makes. */
export function askedOfWhatIsThere(step: Pick<Step, "id" | "proof">): readonly Probe[] {
  if (kindOf(step) !== "create-database") return [];
  return step.proof.flatMap((probe): readonly Probe[] =>
    probe.kind === "database_present" ? [{ ...probe, kind: "database_empty" }] : [],
  );
}

type DatabaseProbe = Extract<Probe, { readonly kind: "database_absent" | "database_present" }>;

function isSamePlace(left: DatabaseProbe, right: DatabaseProbe): boolean {
  return left.name === right.name && left.side === right.side;
}
