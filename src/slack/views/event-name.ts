import { unreachable } from "#src/kernel/result.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { Actor } from "#src/upgrade/identity.ts";
import { escapeText } from "./text.ts";

/** What happened in a few words, e.g. `step started: stop-nodes`. */
export function eventName(event: UpgradeEvent): string {
  const step = "stepId" in event ? `: ${escapeText(event.stepId, 60)}` : "";
  return `${event.type.replaceAll("_", " ")}${step}`;
}

/** Who caused an event, by the name at that time. */
export function actorText(actor: Actor): string {
  switch (actor.kind) {
    case "person":
      return escapeText(`${actor.name} (${actor.userId})`, 120);
    case "terminal":
      return escapeText(`${actor.account} at ${actor.host}`, 120);
    case "runner":
      return escapeText(`runner ${actor.runnerId}`, 120);
    case "bot":
      return "the bot";
    default:
      return unreachable(actor);
  }
}
