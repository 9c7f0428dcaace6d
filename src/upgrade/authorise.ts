import { isUnread } from "#approvals/eligibility.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Intent } from "./intents.ts";
import type { Requester } from "./identity.ts";
import { refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import type { Upgrade } from "./state.ts";

/** What a terminal may do while Slack is down (design invariant 17): stop and note, never approve or go on. */
const terminalIntents: ReadonlySet<Intent["intent"]> = new Set([
  "pause",
  "abort",
  "cancel_step",
  "hold",
  "unschedule",
  "add_note",
]);

/** Whether somebody may ask this of an upgrade; undefined means yes. */
export function authorise(upgrade: Upgrade, intent: Extract<Intent, { by: Requester }>): Refusal | undefined {
  if (intent.by.kind === "terminal") {
    return terminalIntents.has(intent.intent)
      ? undefined
      : refuse(
          "not_allowed",
          "A terminal can show, pause, cancel and abort; everything else is decided in Slack.",
          "Ask in the environment's channel.",
        );
  }
  return authoriseOperator(upgrade.request.environment, intent.by);
}

/** Whether a person may operate an environment at all: a full member, and named where the configuration names operators. */
export function authoriseOperator(environment: Environment, by: Requester): Refusal | undefined {
  if (by.kind === "terminal")
    return refuse("not_allowed", "Plans are asked for in Slack.", "Type the command in the environment's channel.");
  const { person } = by;
  const help = `Ask one of the operators of ${environment.name}.`;
  if (person.kind === "unknown") return cannotTell;
  if (!person.isHomeTeam)
    return refuse(
      "not_allowed",
      "Only members of this workspace can operate upgrades; you belong to another organisation.",
      help,
    );
  if (person.isGuest) return refuse("not_allowed", "Guests cannot operate upgrades.", help);
  if (person.isDeactivated || person.isBot) return refuse("not_allowed", "This account cannot operate upgrades.", help);
  const { users, groups } = environment.operators;
  const isOpenToAll = users.length === 0 && groups.length === 0;
  const isNamed = users.includes(person.userId) || groups.some((group) => person.groups.includes(group));
  if (isOpenToAll || isNamed) return undefined;
  return isUnread({ groups }, person)
    ? cannotTell
    : refuse("not_allowed", `You are not named as an operator of ${environment.name}.`, help);
}

const cannotTell = refuse(
  "not_allowed",
  "I could not tell who you are and which groups you are in just now, so nothing was done.",
  "Please try again in a moment.",
);
