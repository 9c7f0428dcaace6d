import type { KnownPerson, Person } from "#approvals/person.ts";
import type { PeopleLists } from "#approvals/policy.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Requester, UpgradeId } from "#src/upgrade/identity.ts";
import type { Names } from "#src/slack/views/names.ts";
import type { Reply } from "./reply.ts";

export interface Positional {
  readonly name: string;
  readonly description: string;
  readonly isRequired: boolean;
  /** `target`: an environment or an upgrade id; without it the channel's environment is meant. `text`: all the rest. */
  readonly kind: "environment" | "target" | "upgrade" | "word" | "text";
  /** The only words that it can be; typed in any case. */
  readonly choices?: readonly string[];
}

export interface Option {
  readonly name: string;
  readonly description: string;
  /** What stands after it; absent for a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly isRequired?: boolean;
  /** A moment, which people also type as several words without quotes: `2026-12-01 22:00`, `in 2h`. */
  readonly isMoment?: boolean;
}

/** One chat word: its grammar as data, from which parsing, help, usage and the terminal are made, and what it does. */
export interface Command {
  readonly word: string;
  readonly summary: string;
  readonly details: readonly string[];
  readonly example: string;
  readonly positionals: readonly Positional[];
  readonly options: readonly Option[];
  /** Also works at a terminal, for the night Slack is down: it shows, stops or notes, and never goes on or approves. */
  readonly atTerminal: boolean;
  /** It only looks, so that nothing is lost where the bot dies after the acknowledgement: Slack hears at once. */
  readonly isReadOnly?: true;
  readonly run: (call: Call) => Promise<Reply>;
}

/** The words of a line after parsing; options without a value hold an empty text. */
export interface Arguments {
  readonly positionals: ReadonlyMap<string, string>;
  readonly options: ReadonlyMap<string, string>;
}

/** Which upgrade holds an environment or one of its databases. */
export interface HeldLock {
  /** The environment through which it is held; another one where both share a database. */
  readonly environment: string;
  readonly upgradeId: UpgradeId;
  /** Its number; a start that was permitted under another one is refused. */
  readonly fence: string;
  readonly since: Instant;
}

/** Exports and checks of the record, which only boot knows how to do. */
export interface RecordPorts {
  /** The lock of an environment, or of a database that it uses; undefined where all of them are free. */
  lockOn?(environment: Environment): Promise<HeldLock | undefined>;
  /** What stands as `trace` in the log lines of bot and runners, by the version of the event that it caused. */
  tracesOfEvents?(id: UpgradeId, afterVersion: number): Promise<ReadonlyMap<number, string>>;
  /** Posts the change record as files into the upgrade's thread. */
  exportRecord(id: UpgradeId): Promise<{ readonly files: readonly string[]; readonly events: number }>;
  /** Verifies the stored chain and compares it with the heads that the thread holds. */
  verifyRecord(id: UpgradeId): Promise<Verification>;
}

export type Verification =
  | { readonly kind: "ok"; readonly events: number; readonly head: string; readonly witnessed: number }
  | { readonly kind: "broken"; readonly problem: string };

/** Everybody whom the policies of an environment name as approvers, as far as could be told. */
export interface ListedPeople {
  readonly people: readonly Person[];
  /** Groups that could not be read: nobody of them is among `people` on their account. */
  readonly unreadGroups: readonly string[];
  /** People who were not looked up, because they are too many. */
  readonly leftOut: number;
}

/** Looks at people whom a command names or needs, which only the Slack side can. */
export interface PeoplePort {
  /** A look that is not cached, at somebody and at the groups that the environment names. Never throws. */
  lookUp(userId: string, environment: Environment): Promise<Person>;
  /** Everybody who is in one of the lists now, and what of them could not be told. */
  listed(lists: PeopleLists): Promise<ListedPeople>;
}

/** Whether somebody has a secret that one-time codes are checked with. */
export type EnrolmentState =
  | { readonly state: "none" }
  | { readonly state: "pending"; readonly until: Instant }
  | { readonly state: "enrolled"; readonly since: Instant };

/** One-time codes of people; no command sees a secret. */
export interface CodesPort {
  stateOf(person: Person): Promise<EnrolmentState>;
  /** Makes a secret and sends it to this person alone, by direct message. */
  enrol(person: KnownPerson): Promise<"sent" | "not_sent" | "already_enrolled">;
}

/** Who says what where, and what a command may use. */
export interface Setting {
  readonly desk: Desk;
  readonly environments: readonly Environment[];
  readonly records: RecordPorts;
  readonly names: Names;
  readonly by: Requester;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Absent at a terminal. */
  readonly people?: PeoplePort;
  /** The time zone of somebody as Slack knows it; absent at a terminal. */
  readonly timeZoneOf?: (userId: string) => Promise<string | undefined>;
  /** Absent at a terminal. */
  readonly codes?: CodesPort;
  /** The Slack channel; undefined at a terminal, where every environment can be named. */
  readonly channel: string | undefined;
  /** Whether another organisation reads a channel along; absent at a terminal. */
  readonly isExternallyShared?: (channel: string) => Promise<boolean>;
  /** Whom the environment's policies name, looked up; never throws. Absent at a terminal. */
  readonly rosterOf?: (environment: Environment) => Promise<ListedPeople>;
}

export interface Call extends Setting {
  readonly arguments: Arguments;
}

/** `plan [environment] --to <version> [--order test-first|documented]` */
export function usageOf(command: Command): string {
  const positionals = command.positionals.map(({ name, isRequired, choices }) => {
    const shown = choices?.join("|") ?? name;
    return isRequired ? `<${shown}>` : `[${shown}]`;
  });
  const options = command.options.map((option) => {
    const value = option.value === undefined ? "" : ` ${option.choices?.join("|") ?? `<${option.value}>`}`;
    return option.isRequired === true ? `--${option.name}${value}` : `[--${option.name}${value}]`;
  });
  return [command.word, ...positionals, ...options].join(" ");
}
