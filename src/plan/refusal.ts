/** A plan-time "no": a stable code, a sentence about what is wrong, and what would help. */
export interface PlanRefusal {
  readonly code: string;
  readonly sentence: string;
  readonly help: string;
  /** The strategy is made for another kind of installation, so nobody needs to hear what else speaks against it. */
  readonly isMisfit?: true;
}
