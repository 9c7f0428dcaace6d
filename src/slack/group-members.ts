import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Directory, Roster } from "#approvals/directory.ts";
import { humanIdSchema, userIdSchema } from "#approvals/person.ts";
import type { Log } from "./log.ts";

/**
 * Reads a list of people that the site keeps, one entry per person: Slack ids, or directory identities.
 * @throws Error when it cannot be read now, or holds anything else.
 */
export type ReadRoster = (roster: Roster) => Promise<readonly string[]>;

export interface GroupPorts {
  readonly client: WebClient;
  readonly directory: Directory;
  readonly readRoster: ReadRoster;
  /** Only accounts of this workspace can be members. */
  readonly homeTeam: string;
  readonly log: Log;
}

const rosterPrefix = "roster:";
/** Most accounts of one list; Slack answers all of a user group at once, whatever its size. */
const maxMembers = 10_000;

/**
 * Accounts that are in a group now: a user group of Slack, or a roster of the configuration.
 * @throws Error when it cannot be read: then nobody knows who is in it.
 */
export async function readGroup(ports: GroupPorts, group: string): Promise<readonly string[]> {
  if (!isUserGroup(group)) return readRosterGroup(ports, group);
  // Without `include_disabled` a group that was switched off has no members, but an error: `no_such_subteam`.
  const { users } = await ports.client.usergroups.users.list({ usergroup: group });
  return z.array(z.string()).max(maxMembers).parse(users);
}

/** Whether Slack knows who is in it; rosters are kept by the site. */
export function isUserGroup(group: string): boolean {
  return !group.startsWith(rosterPrefix);
}

/** What `usergroups.list` tells of a group with `include_users` (docs.slack.dev); the count is a text in older answers. */
const listedSchema = z.array(
  z.object({
    id: z.string(),
    users: z.array(z.string()).max(maxMembers).nullish(),
    user_count: z.coerce.number().nullish(),
  }),
);

/**
 * The members of every user group now, in one question. A group that is not told completely is left out, and so are those
 * that were switched off: whoever needs it asks for it alone. @throws Error when it cannot be read
 */
export async function readAllGroups(client: WebClient): Promise<ReadonlyMap<string, readonly string[]>> {
  const { usergroups } = await client.usergroups.list({ include_users: true });
  return new Map(
    listedSchema.parse(usergroups).flatMap(({ id, users, user_count }) => {
      const isComplete = users !== undefined && users !== null && users.length >= (user_count ?? 0);
      return isComplete ? [[id, users] as const] : [];
    }),
  );
}

async function readRosterGroup(
  { directory, readRoster, homeTeam, log }: GroupPorts,
  group: string,
): Promise<readonly string[]> {
  const name = group.slice(rosterPrefix.length);
  const roster = directory.rosters.find((each) => each.name === name);
  if (roster === undefined) throw new Error(`the configuration has no roster ${name}; add it under rosters`);
  const entries = await readRoster(roster);
  const strangers: string[] = [];
  const accounts = entries.flatMap((entry, index) => {
    if (userIdSchema.safeParse(entry).success) return [entry];
    // Addresses come in any spelling from other systems; identities of the directory are lower case.
    const human = entry.includes("@") ? entry.toLowerCase() : entry;
    if (!humanIdSchema.safeParse(human).success)
      throw new Error(`entry ${index + 1} of roster ${name} is neither a Slack user id nor a directory identity`);
    const known = directory.people.find((person) => person.human === human);
    if (known === undefined) strangers.push(human);
    return (known?.accounts ?? [])
      .filter(({ teamId }) => teamId === undefined || teamId === homeTeam)
      .map(({ userId }) => userId);
  });
  if (strangers.length > 0)
    log.warn(
      { roster: name, entries: strangers.slice(0, 10), count: strangers.length },
      "a roster names people whose Slack accounts nobody wrote down; add them under people in kong-upgrade.yml",
    );
  return [...new Set(accounts)];
}
