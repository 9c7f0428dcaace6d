import { CHANNELS, GROUPS, PEOPLE } from "#practice/slack/workspace.ts";
import type { Channel, Enterprise, Group, Message, Notice, Person, Snapshot, StoredFile, View } from "./records.ts";

const MAX_MESSAGES = 5_000;
const MAX_EPHEMERALS = 500;
const MAX_PAST_VERSIONS = 1_000;
const MAX_NOTICES = 5_000;

type Population = Pick<Snapshot, "people" | "channels" | "groups">;

const DEFAULTS: Population = { people: [...PEOPLE], channels: [...CHANNELS], groups: [...GROUPS] };

/** Everything the practice workspace remembers. Records are immutable; the collections here are what changes. */
export class World {
  readonly people = new Map<string, Person>();
  readonly channels = new Map<string, Channel>();
  readonly groups = new Map<string, Group>();
  readonly files = new Map<string, StoredFile>();
  readonly views = new Map<string, View>();
  /** Open modals per person, the top one last. */
  readonly stacks = new Map<string, readonly string[]>();
  /** The published home view per person. */
  readonly homes = new Map<string, string>();
  /** People who have opened App Home once. */
  readonly homeOpened = new Set<string>();
  messages: Message[] = [];
  ephemerals: Message[] = [];
  /** Versions of messages that are no longer shown: what a client that has not refreshed still has on screen. */
  past: Message[] = [];
  notices: Notice[] = [];
  /** The Enterprise Grid organisation, if the workspace is part of one. */
  enterprise: Enterprise | undefined;
  #counter = 1;
  #lastTsUs = 0;

  constructor(snapshot: Snapshot | undefined) {
    const start = snapshot === undefined ? DEFAULTS : withNewcomers(snapshot);
    for (const person of start.people) this.people.set(person.id, person);
    for (const channel of start.channels) this.channels.set(channel.id, channel);
    for (const group of start.groups) this.groups.set(group.id, group);
    if (snapshot === undefined) return;
    this.#counter = snapshot.counter;
    this.#lastTsUs = snapshot.last_ts_us;
    this.messages = snapshot.messages;
    this.notices = snapshot.notices;
    this.enterprise = snapshot.enterprise;
    for (const file of snapshot.files) this.files.set(file.id, file);
    for (const home of snapshot.homes) {
      this.views.set(home.id, home);
      this.homes.set(home.user, home.id);
    }
    for (const user of snapshot.home_opened) this.homeOpened.add(user);
  }

  /** Makes an id in Slack's shape: prefix, then upper case letters and digits. */
  nextId(prefix: string): string {
    this.#counter += 1;
    return `${prefix}0${this.#counter.toString(36).toUpperCase().padStart(8, "0")}`;
  }

  /** Makes a number that no other caller of this world gets. */
  nextNumber(): number {
    this.#counter += 1;
    return this.#counter;
  }

  /** Makes a timestamp id: unique and rising, also when the clock stands still or goes back. */
  nextTs(nowMs: number): string {
    this.#lastTsUs = Math.max(Math.floor(nowMs) * 1_000, this.#lastTsUs + 1);
    const seconds = Math.floor(this.#lastTsUs / 1_000_000);
    return `${seconds}.${String(this.#lastTsUs % 1_000_000).padStart(6, "0")}`;
  }

  addMessage(message: Message): void {
    if (message.ephemeral_to === undefined) {
      this.messages.push(message);
      if (this.messages.length > MAX_MESSAGES) this.messages.splice(0, this.messages.length - MAX_MESSAGES);
      return;
    }
    this.ephemerals.push(message);
    if (this.ephemerals.length > MAX_EPHEMERALS) this.ephemerals.shift();
  }

  findMessage(channel: string, ts: string): Message | undefined {
    return this.messages.findLast((message) => message.ts === ts && message.channel === channel);
  }

  findEphemeral(channel: string, ts: string, user: string): Message | undefined {
    return this.ephemerals.find((it) => it.ts === ts && it.channel === channel && it.ephemeral_to === user);
  }

  /** Replaces a message; keeps the version that was shown until now for stale clients. */
  replaceMessage(before: Message, after: Message): void {
    this.#rememberPast(before);
    const list = before.ephemeral_to === undefined ? this.messages : this.ephemerals;
    const index = list.indexOf(before);
    if (index === -1) throw new Error(`message ${before.ts} of ${before.channel} is not in the workspace any more`);
    list[index] = after;
  }

  removeMessage(message: Message): void {
    this.#rememberPast(message);
    this.messages = this.messages.filter((it) => it !== message);
    this.ephemerals = this.ephemerals.filter((it) => it !== message);
  }

  /** Drops what a reloaded client no longer shows. */
  dropEphemerals(user: string): number {
    const gone = this.ephemerals.filter((it) => it.ephemeral_to === user);
    for (const message of gone) this.#rememberPast(message);
    this.ephemerals = this.ephemerals.filter((it) => it.ephemeral_to !== user);
    return gone.length;
  }

  addNotices(notices: readonly Notice[]): void {
    this.notices = [...this.notices, ...notices].slice(-MAX_NOTICES);
  }

  replies(channel: string, threadTs: string): readonly Message[] {
    return this.messages.filter((it) => it.channel === channel && it.thread_ts === threadTs && it.ts !== threadTs);
  }

  snapshot(): Snapshot {
    const homes = [...this.homes.values()].map((id) => this.views.get(id)).filter((view) => view !== undefined);
    return {
      version: 1,
      counter: this.#counter,
      last_ts_us: this.#lastTsUs,
      people: [...this.people.values()],
      channels: [...this.channels.values()],
      groups: [...this.groups.values()],
      messages: this.messages,
      homes,
      home_opened: [...this.homeOpened],
      files: [...this.files.values()],
      notices: this.notices,
      enterprise: this.enterprise,
    };
  }

  #rememberPast(message: Message): void {
    this.past.push(message);
    if (this.past.length > MAX_PAST_VERSIONS) this.past.shift();
  }
}

/** A state of an earlier version lacks people and groups that were added since: they come in, with their channels. */
function withNewcomers(snapshot: Snapshot): Population {
  const people = PEOPLE.filter(({ id }) => isNew(snapshot.people, id));
  const joining = (channel: Channel): readonly string[] => {
    const members = CHANNELS.find(({ id }) => id === channel.id)?.members ?? [];
    return people.map(({ id }) => id).filter((id) => members.includes(id));
  };
  return {
    people: [...snapshot.people, ...people],
    channels: snapshot.channels.map((it) => ({ ...it, members: [...it.members, ...joining(it)] })),
    groups: [...snapshot.groups, ...GROUPS.filter(({ id }) => isNew(snapshot.groups, id))],
  };
}

function isNew(known: readonly { readonly id: string }[], id: string): boolean {
  return !known.some((it) => it.id === id);
}
