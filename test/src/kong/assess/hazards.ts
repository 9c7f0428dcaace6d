import type { Condition } from "#src/kong/catalogue/condition.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** A hazard of every upgrade, so that only its condition and what a test says decide. */
export function hazardWhen(when: Condition, more: Partial<Hazard> = {}): Hazard {
  return {
    id: "a-hazard",
    title: "A hazard",
    since: "any",
    edition: "both",
    area: "general",
    severity: "breaks_traffic",
    when,
    effect: "Something breaks.",
    remedy: "Repair it.",
    sources: ["a document", "another"],
    ...more,
  };
}
