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
