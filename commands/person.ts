import { whyNoMember } from "#approvals/eligibility.ts";
import type { Person } from "#approvals/person.ts";
import { userIdSchema } from "#approvals/person.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Call } from "./command.ts";

const inSlackOnly = refuse(
  "not_allowed",
  "People cannot be looked up from here.",
  "Type this in Slack, in the environment's channel.",
);

/** The person of a mention, looked up now. What Slack did not turn into a mention names nobody: names can be imitated. */
export async function personOf(
  { people }: Call,
  typed: string,
  environment: Environment,
): Promise<Result<Person, Refusal>> {
  if (people === undefined) return no(inSlackOnly);
  const userId = userIdOf(typed);
  if (userId === undefined) return no(noMention(typed));
  const person = await people.lookUp(userId, environment);
  return person.kind === "known" ? ok(person) : no(notLookedUp(`<@${userId}>`));
}

/** Who types, looked up now instead of up to a minute ago. */
export async function callerOf({ people, by }: Call, environment: Environment): Promise<Result<Person, Refusal>> {
  if (people === undefined || by.kind !== "slack") return no(inSlackOnly);
  const person = await people.lookUp(by.person.userId, environment);
  return whyNoMember(person) === "look_up_failed" ? no(notLookedUp("you")) : ok(person);
}

/** The same as who asks. */
export function requester(person: Person): Requester {
  return { kind: "slack", person };
}

/** `<@U0CAROL01|carol>` as Slack writes it into a command (docs.slack.dev, slash commands, `should_escape`). */
function userIdOf(typed: string): string | undefined {
  const id = /^<@([^|>]+)(?:\|[^>]*)?>$/u.exec(typed)?.[1];
  return id !== undefined && userIdSchema.safeParse(id).success ? id : undefined;
}

function noMention(typed: string): Refusal {
  const isGroup = typed.startsWith("<!subteam^");
  return refuse(
    "not_found",
    isGroup ? "That is a group; one person is needed." : `“${typed}” is nobody that Slack knows.`,
    "Type @ and choose the person from the list that Slack offers.",
  );
}

function notLookedUp(whom: string): Refusal {
  return refuse(
    "not_now",
    `Slack could not tell who ${whom} ${whom === "you" ? "are" : "is"} just now.`,
    "Please try again in a moment.",
  );
}
