import { z } from "zod";
import { entryOfAccount } from "#approvals/directory.ts";
import type { Directory } from "#approvals/directory.ts";
import { userIdSchema } from "#approvals/person.ts";
import type { KnownPerson } from "#approvals/person.ts";
import type { Identity } from "./clients.ts";

/** Where this app is at home: the workspace whose members may decide, and its organisation on Enterprise Grid. */
export type Home = Pick<Identity, "teamId" | "enterpriseId">;

const flag = z.boolean().optional();

/** What `users.info` tells (docs.slack.dev, user object). Flags that Slack leaves out are not taken for a no. */
const userSchema = z.object({
  id: userIdSchema,
  team_id: z.string().regex(/^[TE][A-Z0-9]{2,}$/u),
  name: z.string().default(""),
  deleted: flag,
  is_bot: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  is_workflow_bot: flag,
  is_connector_bot: flag,
  is_invited_user: flag,
  /** e.g. Europe/Berlin; only for reading times that people type. */
  tz: z.string().nullish().catch(undefined),
  /** Members of an organisation on Enterprise Grid; those of another one show it here. */
  enterprise_id: z.string().nullish(),
  enterprise_user: z
    .object({ enterprise_id: z.string().optional(), teams: z.array(z.string()).default([]) })
    .nullish()
    .transform((user) => user ?? undefined),
});
export type User = z.infer<typeof userSchema>;

/** Slackbot says that it is no bot (docs.slack.dev: `is_bot` is false for it). */
const slackbot = "USLACKBOT";

/**
 * The user of an answer of `users.info`.
 * @throws Error when it is about somebody else, or leaves open what decides whether somebody is a full member.
 */
export function readUser(answer: unknown, userId: string): User {
  const user = userSchema.parse(answer);
  if (user.id !== userId)
    throw new Error(`Slack answered about ${user.id} when asked about ${userId}; write the former into the policies`);
  const isGone = user.deleted === true;
  const open = (["deleted", "is_bot", "is_restricted", "is_ultra_restricted"] as const).filter(
    (each) => user[each] === undefined,
  );
  // Of deactivated accounts Slack tells less, and less is needed.
  if (!isGone && open.length > 0) throw new Error(`users.info does not tell ${open.join(", ")} of ${userId}`);
  return user;
}

/** Somebody as what Slack told just now makes them; `payloadTeam` is the team that a click names for who clicked. */
export function personOf(
  user: User,
  {
    home,
    directory,
    payloadTeam,
  }: { readonly home: Home; readonly directory: Directory; readonly payloadTeam?: string | undefined },
): Omit<KnownPerson, "groups" | "unreadGroups"> {
  const isForeignClick = payloadTeam !== undefined && !isOurs(user, home, payloadTeam);
  return {
    kind: "known",
    userId: user.id,
    teamId: isForeignClick ? payloadTeam : user.team_id,
    name: user.name,
    ...entryIn(directory, user, home),
    isHomeTeam: !isForeignClick && isOurs(user, home, user.team_id) && user.is_stranger !== true,
    isDeactivated: user.deleted === true || user.is_invited_user === true,
    isBot: [user.is_bot, user.is_workflow_bot, user.is_connector_bot].includes(true) || user.id === slackbot,
    isGuest: user.is_restricted === true || user.is_ultra_restricted === true,
  };
}

/**
 * Whether a team named for somebody makes them one of us: our workspace, or, on Enterprise Grid, our organisation or
 * another of their workspaces there, as long as they are a member of ours.
 */
function isOurs(user: User, { teamId, enterpriseId }: Home, named: string): boolean {
  const { enterprise_user: grid, enterprise_id: organisation } = user;
  if ((organisation ?? enterpriseId ?? "") !== (enterpriseId ?? "")) return false;
  if (grid === undefined) return named === teamId;
  const isOfOurOrganisation = enterpriseId !== undefined && grid.enterprise_id === enterpriseId;
  if (!isOfOurOrganisation || !grid.teams.includes(teamId)) return false;
  return named === enterpriseId || grid.teams.includes(named);
}

/** What the configuration says of an account; on Grid it may be written down with any of its workspaces. */
function entryIn(directory: Directory, user: User, home: Home): Pick<KnownPerson, "human" | "otherAccounts"> {
  const teams = [user.team_id, home.teamId, ...(user.enterprise_user?.teams ?? [])];
  const entry = teams
    .map((teamId) => entryOfAccount(directory, { userId: user.id, teamId }))
    .find((each) => each !== undefined);
  if (entry === undefined) return {};
  const others = entry.accounts.map(({ userId }) => userId).filter((userId) => userId !== user.id);
  return { human: entry.human, ...(others.length === 0 ? {} : { otherAccounts: [...new Set(others)] }) };
}
