import { inForce } from "#approvals/delegation.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { personName } from "./names.ts";
import { dateToken } from "./text.ts";

/** More than these are told by the thread. */
const maxShown = 10;

/** Who votes in whose place, as of the newest event; undefined where nobody does. */
export function delegationsText(upgrade: Upgrade): string | undefined {
  if (upgrade.status === "closed") return undefined;
  const now = inForce(upgrade.delegations, upgrade.updatedAt);
  const shown = now
    .slice(0, maxShown)
    .map(
      ({ from, to, until }) => `${personName(to)} votes in the place of ${personName(from)} until ${dateToken(until)}`,
    );
  const more = now.length - shown.length;
  return shown.length === 0 ? undefined : `🤝 ${shown.join("; ")}${more > 0 ? ` and ${more} more` : ""}`;
}
