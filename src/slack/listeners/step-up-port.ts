import type { Instant } from "#src/kernel/instant.ts";

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
