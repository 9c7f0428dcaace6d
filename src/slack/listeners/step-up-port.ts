import type { Instant } from "#src/kernel/instant.ts";
import type { StepUp } from "#src/step-up/step-up.ts";

/** What became of a one-time code. */
export type CodeAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "wrong_code" }
  | { readonly kind: "used_already" }
  | { readonly kind: "locked"; readonly until: Instant }
  | { readonly kind: "not_enrolled" };

/** Checks the one-time code of a human; one call of the database, because Slack waits 3 s for the answer beside the field. */
export interface StepUpPort {
  verify(identity: string, code: string): Promise<CodeAnswer>;
}

/** Without a store of secrets nobody is enrolled, so no code is ever accepted. */
export const noStepUp: StepUpPort = { verify: async () => ({ kind: "not_enrolled" }) };

/** The codes that are kept, for checking a vote. */
export function checkingCodes(codes: StepUp | undefined): StepUpPort {
  if (codes === undefined) return noStepUp;
  return {
    verify: async (identity, code) => {
      const answer = await codes.verify(identity, code);
      return answer.outcome === "locked_until" ? { kind: "locked", until: answer.until } : { kind: answer.outcome };
    },
  };
}
