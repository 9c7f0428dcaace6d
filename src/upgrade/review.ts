import { refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import type { Upgrade } from "./state.ts";

/** Whether something ran without its approval, and whether somebody looked at that afterwards. */
export type ReviewState =
  | { readonly kind: "none_needed" }
  | { readonly kind: "open" }
  | { readonly kind: "closed"; readonly review: NonNullable<Upgrade["review"]> };

/** Where the review of a broken glass is. */
export function reviewStateOf({ brokenGlass, review }: Upgrade): ReviewState {
  if (brokenGlass.length === 0) return { kind: "none_needed" };
  return review === undefined ? { kind: "open" } : { kind: "closed", review };
}

/** Whether the environment takes no new upgrade before somebody reviewed what this one did without approval. */
export function needsReview(upgrade: Upgrade): boolean {
  return reviewStateOf(upgrade).kind === "open";
}

/** Why an environment takes no new upgrade, who broke the glass, and how to go on. */
export function refuseUnreviewed(upgrade: Upgrade, environment: string): Refusal {
  const { id, request, brokenGlass } = upgrade;
  const whose =
    request.environment.name === environment ? "" : ` of ${request.environment.name}, on the same database,`;
  const who = [...new Set(brokenGlass.map(({ by }) => `<@${by.userId}>`))].join(", ");
  const incidents = [...new Set(brokenGlass.map(({ incident }) => incident))].join(", ");
  return {
    ...refuse(
      "review_needed",
      `${environment} takes no new upgrade yet: in ${id}${whose} ${who} broke the glass (${incidents}), and nobody has reviewed that.`,
      `Somebody who had no part in ${id} looks at its thread and closes the review: \`/kong-upgrade review ${id} …what you looked at\`. \`check\` and \`plan --dry-run\` work meanwhile.`,
    ),
    unreviewed: id,
  };
}
