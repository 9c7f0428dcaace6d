import { isSameHuman } from "#approvals/person.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { EventOf } from "./events.ts";
import { withRequesters } from "./evolve-approval.ts";
import type { Upgrade } from "./state.ts";

type PeopleEvent = EventOf<"upgrade_handed_over" | "vote_delegated" | "delegation_ended" | "break_glass_reviewed">;

/** Folds what people agreed among themselves; it changes no step by itself. */
export function evolvePeople(upgrade: Upgrade, event: PeopleEvent, at: string): Upgrade {
  switch (event.type) {
    case "upgrade_handed_over":
      return withOwner({ ...upgrade, owners: [...upgrade.owners, event.to] }, event);
    case "vote_delegated": {
      const { from, to, until } = event;
      return { ...upgrade, delegations: [...upgrade.delegations, { from, to, at, until }] };
    }
    case "delegation_ended": {
      const rest = upgrade.delegations.filter(
        ({ from, to }) => !(isSameHuman(from, event.from) && isSameHuman(to, event.to)),
      );
      return { ...upgrade, delegations: rest };
    }
    case "break_glass_reviewed":
      return { ...upgrade, review: { by: event.by, note: event.note, at } };
    default:
      return unreachable(event);
  }
}

/** Who is handed an upgrade asks for what follows, also at the gate that is open. */
function withOwner(upgrade: Upgrade, { to }: EventOf<"upgrade_handed_over">): Upgrade {
  if (upgrade.status !== "active" || to.kind !== "slack") return upgrade;
  const track = upgrade.rollback ?? upgrade.forward;
  const steps = track.steps.map((progress) => withRequesters(progress, to.person));
  const changed = { ...track, steps };
  return { ...upgrade, ...(upgrade.rollback === undefined ? { forward: changed } : { rollback: changed }) };
}
