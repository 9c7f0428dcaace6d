import { WebAPIRateLimitedError } from "@slack/web-api";
import type { WebClient } from "@slack/web-api";
import type { Directory } from "#approvals/directory.ts";
import type { Person } from "#approvals/person.ts";
import { groupsOfPolicy } from "#approvals/policy.ts";
import type { PeopleLists } from "#approvals/policy.ts";
import { liftersOf } from "#src/plan/calendar.ts";
import type { Environment } from "#src/plan/environment.ts";
import { policiesOf } from "#src/plan/step-kinds.ts";
import type { ListedPeople } from "#commands/command.ts";
import { Fresh } from "./fresh.ts";
import { isUserGroup, readAllGroups, readGroup } from "./group-members.ts";
import type { ReadRoster } from "./group-members.ts";
import type { Log } from "./log.ts";
import { lookUpProblem } from "./look-up-problem.ts";
import { personOf, readUser } from "./member.ts";
import { SinglyOrAll } from "./singly-or-all.ts";
import type { Home, User } from "./member.ts";

/** Slack identities may be at most this old where somebody asks for something (design invariant 4). */
const maxAgeMs = 60_000;
/** People of one approval are looked up within this time, and Slack takes few questions about groups. */
const sharedForMs = 250;
/** Bound of each cache; the oldest goes. */
const maxKept = 2_000;
/** Most people of lists that are looked up one by one: Slack takes about 100 a minute (users.info, tier 4). */
const maxListed = 200;
/** More user groups than this are read in one question about all of them: about a single one Slack takes 20 a minute. */
const readOneByOne = 3;
/** Look-ups of lists at the same time, so that a vote meanwhile is not refused for their number. */
const listedAtOnce = 8;

export interface PeopleParts {
  /** One try each, with a short timeout: what does not come counts as no. */
  readonly client: WebClient;
  readonly home: Home;
  readonly directory: Directory;
  readonly readRoster: ReadRoster;
  readonly log: Log;
  /** A steady clock, in milliseconds: with one that is put back, what was told an hour ago would be new. */
  readonly now: () => number;
}

export interface LookUp {
  readonly userId: string;
  /** The team that the payload names for this person, where there is a payload; a foreign one counts as external. */
  readonly teamId?: string | null | undefined;
  /** The user groups and rosters that matter here; only these are read. */
  readonly groups: readonly string[];
  /** A vote is never decided on what was cached. */
  readonly isFresh: boolean;
}

/** Who somebody is, asked of Slack: by immutable ids, never by names. What cannot be read counts as unknown. */
export class People {
  readonly #parts: PeopleParts;
  readonly #users: Fresh<User>;
  readonly #groups: SinglyOrAll<readonly string[]>;
  readonly #rosters: Fresh<readonly string[]>;

  constructor(parts: PeopleParts) {
    const { client, directory, readRoster, home, log, now } = parts;
    this.#parts = parts;
    const bounds = { maxAgeMs, maxKept };
    this.#users = new Fresh(
      async (userId) => readUser((await client.users.info({ user: userId })).user, userId),
      bounds,
      now,
    );
    const ports = { client, directory, readRoster, homeTeam: home.teamId, log };
    const read = (group: string): Promise<readonly string[]> => readGroup(ports, group);
    this.#groups = new SinglyOrAll(
      {
        one: read,
        all: () => readAllGroups(client),
        onHeld: (group, retryAfterS) =>
          log.warn({ group, retryAfterS }, "Slack takes no more look-ups of single groups for now"),
      },
      { ...bounds, sharedForMs },
      now,
    );
    this.#rosters = new Fresh(read, { ...bounds, sharedForMs }, now);
  }

  /** Never throws: a failed look-up is a person of kind `unknown`, who counts as no. */
  async lookUp({ userId, teamId, groups, isFresh }: LookUp): Promise<Person> {
    const { home, directory } = this.#parts;
    const memberships = this.#memberships([...new Set(groups)], isFresh);
    try {
      const user = await (isFresh ? this.#userNow(userId) : this.#users.lately(userId));
      const { read, unread } = await memberships;
      return {
        ...personOf(user, { home, directory, payloadTeam: teamId ?? undefined }),
        groups: read.filter(({ members }) => members.includes(userId)).map(({ group }) => group),
        ...(unread.length === 0 ? {} : { unreadGroups: unread }),
      };
    } catch (error) {
      const problem = lookUpProblem(error);
      this.#parts.log.warn({ user: userId, problem }, "a person could not be looked up; they count as unknown");
      return { kind: "unknown", userId, problem };
    }
  }

  /**
   * Everybody whom these lists name, looked up (at most a minute old), with what could not be told: for reminders, for
   * telling who can, and for whether a policy can be met. Never throws; whoever could not be looked up is of kind
   * `unknown`. Nothing may be decided on it.
   */
  async listed({ users, groups }: PeopleLists): Promise<ListedPeople> {
    const { read, unread } = await this.#memberships([...new Set(groups)], false);
    const everybody = [...new Set([...users, ...read.flatMap(({ members }) => members)])];
    const leftOut = Math.max(0, everybody.length - maxListed);
    if (leftOut > 0)
      this.#parts.log.warn(
        { leftOut, maxListed },
        "lists of a policy hold more people than are looked up; name smaller groups",
      );
    const people: Person[] = [];
    for (let first = 0; first < everybody.length - leftOut; first += listedAtOnce) {
      const some = everybody.slice(first, Math.min(first + listedAtOnce, everybody.length - leftOut));
      people.push(...(await Promise.all(some.map((userId) => this.lookUp({ userId, groups, isFresh: false })))));
    }
    return { people, unreadGroups: unread, leftOut };
  }

  /** The time zone that somebody chose in Slack, at most a minute old; undefined where it cannot be told. */
  async timeZoneOf(userId: string): Promise<string | undefined> {
    try {
      return (await this.#users.lately(userId)).tz ?? undefined;
    } catch (error) {
      this.#parts.log.warn({ user: userId, problem: lookUpProblem(error) }, "somebody's time zone could not be read");
      return undefined;
    }
  }

  /** As fresh as Slack allows: beyond 100 of these questions a minute (users.info, tier 4) the same holds as for groups. */
  async #userNow(userId: string): Promise<User> {
    try {
      return await this.#users.now(userId);
    } catch (error) {
      const lately = this.#users.known(userId);
      if (lately === undefined || !(error instanceof WebAPIRateLimitedError)) throw error;
      return lately;
    }
  }

  /** Rosters are read one by one, and never from Slack. */
  #membersOf(group: string, how: "now" | "lately" | "latelyWithOthers"): Promise<readonly string[]> {
    if (isUserGroup(group)) return this.#groups[how](group);
    return this.#rosters[how === "now" ? "now" : "lately"](group);
  }

  /** The members of each group; those that cannot be read apart, because being in no list must not follow from it. */
  async #memberships(groups: readonly string[], isFresh: boolean): Promise<Memberships> {
    const unknown = groups.filter((group) => isUserGroup(group) && this.#groups.known(group) === undefined);
    const how = isFresh ? "now" : unknown.length > readOneByOne ? "latelyWithOthers" : "lately";
    const asked = await Promise.all(
      groups.map(async (group) => {
        try {
          return { group, members: await this.#membersOf(group, how) };
        } catch (error) {
          const problem = lookUpProblem(error);
          this.#parts.log.warn({ group, problem }, "the members of a group could not be read; nobody counts as one");
          return { group, members: undefined };
        }
      }),
    );
    return {
      read: asked.flatMap(({ group, members }) => (members === undefined ? [] : [{ group, members }])),
      unread: asked.flatMap(({ group, members }) => (members === undefined ? [group] : [])),
    };
  }
}

interface Memberships {
  readonly read: readonly { readonly group: string; readonly members: readonly string[] }[];
  readonly unread: readonly string[];
}

/** Every user group that an environment's policies, operators or calendar name. */
export function groupsOf(environment: Environment): readonly string[] {
  const named = policiesOf(environment).flatMap(groupsOfPolicy);
  const lifters = liftersOf(environment).flatMap(({ groups }) => groups);
  return [...new Set([...named, ...environment.operators.groups, ...lifters])];
}
