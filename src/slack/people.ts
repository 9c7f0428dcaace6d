import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Person } from "#approvals/person.ts";
import { groupsOfPolicy } from "#approvals/policy.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Environment } from "#src/plan/environment.ts";
import { policiesOf } from "#src/plan/step-kinds.ts";
import type { ListedPeople } from "#commands/command.ts";
import type { Log } from "./log.ts";

/** Slack identities may be at most this old where somebody asks for something (design invariant 4). */
const maxAgeMs = 60_000;
/** Bound of each cache; the oldest goes. */
const maxCached = 2_000;
/** Most people of lists that are looked up one by one: Slack takes about 100 a minute (users.info, tier 4). */
const maxListed = 200;

const userSchema = z.object({
  id: z.string(),
  team_id: z.string(),
  name: z.string().default(""),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_app_user: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  enterprise_user: z.object({ teams: z.array(z.string()).default([]) }).optional(),
  tz: z.string().optional(),
});
type User = z.infer<typeof userSchema>;

export interface LookUp {
  readonly userId: string;
  /** The team that the payload names for this person, where there is a payload; a foreign one counts as external. */
  readonly teamId?: string | undefined;
  /** The user groups that matter here; only these are read. */
  readonly groups: readonly string[];
  /** A vote is never decided on what was cached. */
  readonly isFresh: boolean;
}

interface Cached<T> {
  readonly at: number;
  readonly value: T;
}

/** Who somebody is, asked of Slack: by immutable ids, never by names. What cannot be read counts as unknown. */
export class People {
  readonly #client: WebClient;
  readonly #homeTeam: string;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #users = new Map<string, Cached<User>>();
  readonly #groups = new Map<string, Cached<readonly string[]>>();

  constructor(client: WebClient, homeTeam: string, log: Log, now: () => number) {
    this.#client = client;
    this.#homeTeam = homeTeam;
    this.#log = log;
    this.#now = now;
  }

  /** Never throws: a failed look-up is a person of kind `unknown`, who counts as no. */
  async lookUp({ userId, teamId, groups, isFresh }: LookUp): Promise<Person> {
    try {
      const [user, ...memberships] = await Promise.all([
        this.#user(userId, isFresh),
        ...[...new Set(groups)].map(async (group) => ({ group, members: await this.#members(group, isFresh) })),
      ]);
      const isForeign = teamId !== undefined && !this.#isHome(user, teamId);
      return {
        kind: "known",
        userId: user.id,
        teamId: isForeign ? teamId : user.team_id,
        name: user.name,
        isHomeTeam: this.#isHome(user, user.team_id) && !isForeign && !user.is_stranger,
        isDeactivated: user.deleted,
        isBot: user.is_bot || user.is_app_user,
        isGuest: user.is_restricted || user.is_ultra_restricted,
        groups: memberships.filter(({ members }) => members.includes(userId)).map(({ group }) => group),
      };
    } catch (error) {
      const problem = errorMessage(error);
      this.#log.warn({ user: userId, problem }, "a person could not be looked up; they count as unknown");
      return { kind: "unknown", userId, problem };
    }
  }

  /** Everybody whom these lists name, looked up (at most a minute old), with what could not be told. Never throws. */
  async listed({
    users,
    groups,
  }: {
    readonly users: readonly string[];
    readonly groups: readonly string[];
  }): Promise<ListedPeople> {
    const unread: string[] = [];
    const members = new Set(users);
    for (const group of groups) {
      try {
        for (const member of await this.#members(group, false)) members.add(member);
      } catch {
        unread.push(group);
      }
    }
    const read = groups.filter((group) => !unread.includes(group));
    const some = [...members].slice(0, maxListed);
    const people = await Promise.all(some.map((userId) => this.lookUp({ userId, groups: read, isFresh: false })));
    return { people, unreadGroups: unread, leftOut: members.size - some.length };
  }

  #isHome(user: User, teamId: string): boolean {
    return teamId === this.#homeTeam || (user.enterprise_user?.teams.includes(this.#homeTeam) ?? false);
  }

  async #user(userId: string, isFresh: boolean): Promise<User> {
    return this.#cached(this.#users, userId, isFresh, async () => {
      const answer = await this.#client.users.info({ user: userId });
      return userSchema.parse(answer.user);
    });
  }

  async #members(group: string, isFresh: boolean): Promise<readonly string[]> {
    return this.#cached(this.#groups, group, isFresh, async () => {
      const answer = await this.#client.usergroups.users.list({ usergroup: group });
      return z.array(z.string()).parse(answer.users);
    });
  }

  async #cached<T>(cache: Map<string, Cached<T>>, key: string, isFresh: boolean, read: () => Promise<T>): Promise<T> {
    const known = cache.get(key);
    if (known !== undefined && !isFresh && this.#now() - known.at < maxAgeMs) return known.value;
    const value = await read();
    cache.delete(key);
    cache.set(key, { at: this.#now(), value });
    if (cache.size > maxCached) {
      const [oldest] = cache.keys();
      if (oldest !== undefined) cache.delete(oldest);
    }
    return value;
  }
}

/** Every user group that an environment's policies or operators name. */
export function groupsOf(environment: Environment): readonly string[] {
  const named = policiesOf(environment).flatMap(groupsOfPolicy);
  return [...new Set([...named, ...environment.operators.groups])];
}
