/** A plan-time "no": a stable code, a sentence about what is wrong, and what would help. */
export interface PlanRefusal {
  readonly code: string;
  readonly sentence: string;
  readonly help: string;
}
