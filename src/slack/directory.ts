import type { WebClient } from "@slack/web-api";
import { errorMessage } from "#src/kernel/app-error.ts";
import { slackGroupSchema } from "#approvals/person.ts";
import { groupsOfPolicy, usersOfPolicy } from "#approvals/policy.ts";
import { liftersOf } from "#src/plan/calendar.ts";
import type { Environment } from "#src/plan/environment.ts";
import { policiesOf } from "#src/plan/step-kinds.ts";
import type { Log } from "./log.ts";
import type { Names } from "./views/names.ts";

/** Names of the people and groups that the configuration names, read once: for reading only, never for deciding. */
export async function readNames(client: WebClient, environments: readonly Environment[], log: Log): Promise<Names> {
  const people = new Map<string, string>();
  const groups = new Map<string, string>();
  const policies = environments.flatMap(policiesOf);
  const operators = environments.flatMap((environment) => [environment.operators, ...liftersOf(environment)]);
  const userIds = new Set([...policies.flatMap(usersOfPolicy), ...operators.flatMap(({ users }) => users)]);
  const named = [...policies.flatMap(groupsOfPolicy), ...operators.flatMap((each) => each.groups)];
  const hasGroups = named.some((group) => slackGroupSchema.safeParse(group).success);
  try {
    if (hasGroups) {
      const { usergroups } = await client.usergroups.list({});
      for (const { id, handle } of usergroups ?? [])
        if (id !== undefined && handle !== undefined) groups.set(id, handle);
    }
    for (const userId of userIds) {
      const { user } = await client.users.info({ user: userId });
      if (user?.name !== undefined) people.set(userId, user.name);
    }
  } catch (error) {
    log.warn({ problem: errorMessage(error) }, "names of people and groups could not be read; their ids are shown");
  }
  return { person: (id) => people.get(id) ?? id, group: (id) => groups.get(id) ?? id };
}
