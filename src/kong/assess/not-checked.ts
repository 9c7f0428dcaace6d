import { unreachable } from "#src/kernel/result.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { severities } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import { inputs } from "#src/kong/inventory.ts";
import type { Input, InputState, Inventory } from "#src/kong/inventory.ts";
import { maxEvidence } from "./evidence.ts";

/** An input that would have decided some hazards, and did not. */
export interface NotChecked {
  readonly input: Input;
  /** `read`: it was, but does not tell what these hazards need. */
  readonly state: InputState["kind"];
  /** Why, for people. */
  readonly problem: string;
  /** Ids of the hazards that nobody looked for, or only in part. */
  readonly hazards: readonly string[];
  /** Titles of the worst of them, at most 20. */
  readonly titles: readonly string[];
}

/** The hazards that an input would have decided. */
export type Undecided = ReadonlyMap<Input, readonly Hazard[]>;

export function notCheckedOf(undecided: Undecided, inventory: Inventory): readonly NotChecked[] {
  return inputNames
    .filter((input) => undecided.has(input))
    .map((input) => {
      const hazards = worstFirst(undecided.get(input) ?? []);
      const state = inventory.inputs[input];
      return {
        input,
        state: state.kind,
        problem: problemOf(input, state),
        hazards: hazards.map(({ id }) => id),
        titles: hazards.slice(0, maxEvidence).map(({ title }) => title),
      };
    });
}

/**
 * One finding for each input that was asked for and could not be read, or not wholly. What nobody gave is no finding: it
 * is only listed as not checked.
 */
export function undecidedFindings(undecided: Undecided, inventory: Inventory): readonly Finding[] {
  return inputNames.flatMap((input): readonly Finding[] => {
    const state = inventory.inputs[input];
    const hazards = worstFirst(undecided.get(input) ?? []);
    if (hazards.length === 0 || state.kind === "read" || state.kind === "not_given") return [];
    if (state.kind === "partly" && state.isByTheWay === true) return [];
    const outcome = state.kind === "partly" ? "could be read only in part" : "could not be read";
    return [
      {
        id: `undecided-${input.replaceAll("_", "-")}`,
        kind: "undecided",
        severity: hazards[0]?.severity ?? "info",
        area: "general",
        title: `Not decided: ${inputs[input]} ${outcome}`,
        effect: `${state.problem}. Nobody knows whether the hazards below hit this installation.`,
        evidence: hazards.slice(0, maxEvidence).map(({ id, title }) => ({ text: title, what: "hazard", name: id })),
        count: hazards.length,
        remedy: "Make it readable and check again, or look for these by hand.",
        source: "discovery",
      },
    ];
  });
}

function problemOf(input: Input, state: InputState): string {
  switch (state.kind) {
    case "read":
      return `${inputs[input]}: read, but what these need is not told there`;
    case "not_given":
      return `${inputs[input]}: not given`;
    case "partly":
    case "failed":
      return `${inputs[input]}: ${state.problem}`;
    default:
      return unreachable(state);
  }
}

const inputNames = Object.keys(inputs).filter((name): name is Input => Object.hasOwn(inputs, name));

function worstFirst(hazards: readonly Hazard[]): readonly Hazard[] {
  return hazards.toSorted((left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity));
}
