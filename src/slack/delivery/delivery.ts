import type { WebClient } from "@slack/web-api";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { atMost } from "#src/slack/at-most.ts";
import type { Log } from "#src/slack/log.ts";
import type { Names } from "#src/slack/views/names.ts";
import { Budget } from "./budget.ts";
import type { Pace } from "./budget.ts";
import { lagOf } from "./lag.ts";
import type { LagByPart } from "./lag.ts";
import { Lane } from "./lane.ts";
import { LiveTails } from "./live-tails.ts";
import type { ReadTail } from "./live-tails.ts";
import { Outlet } from "./outlet.ts";
import { readRow } from "./post-store.ts";
import type { PostStore } from "./post-store.ts";
import { soakPicture } from "./soak-posts.ts";
import { reportText } from "./report-file.ts";
import { UnservedTurns } from "./unserved-turns.ts";
import type { ReadRunners } from "./unserved-turns.ts";
import { KeptWorks } from "./kept-works.ts";
import { noteLag, readAnew, redraw } from "./work.ts";
import type { UpgradeWork } from "./work.ts";

export interface DeliveryOptions {
  readonly client: WebClient;
  readonly apiUrl: string;
  /** Files of ours are found again by their name and by who shared them. */
  readonly botUserId: string;
  /** Of this program, for the reports that it posts. */
  readonly toolVersion: string;
  readonly desk: Pick<Desk, "find" | "list" | "events">;
  readonly posts: PostStore;
  readonly names: Names;
  readonly log: Log;
  readonly pace: Pace;
  /** The clock of the day, in milliseconds since 1970. */
  readonly now: () => number;
  /** In milliseconds: a clock of the day that is put back would hold up every message for as long. */
  readonly steadyNow: () => number;
  /** Without it running steps show no output before they end. */
  readonly readTail?: ReadTail | undefined;
  /** Without it cards do not say when no runner takes a turn. */
  readonly readRunners?: ReadRunners | undefined;
}

/** What is compared with Slack at the start: all that is open, and of the others, newest first, what closed while we were away. */
const comparedAtStart = { open: 500, closed: 100 } as const;

/** Records that are read at the same time: connections to the database are shared with people who ask meanwhile. */
const readAtOnce = 4;

/** Of what Slack shows completely: some 70 MB, or an upgrade of some 1,250 nodes with 5,000 events. */
const keptAtMost = { works: 100, weight: 24_000 } as const;

/** Edits that may follow each other at once before they are spread out. */
export const editBurst = 4;

/** Keeps Slack showing what the record says; never waited for by anybody who clicks. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #edits: Budget;
  readonly #reading = atMost(readAtOnce);
  readonly #kept = new KeptWorks(keptAtMost);
  readonly #directs: Outlet;
  readonly #tails: LiveTails;
  readonly #unserved: UnservedTurns | undefined;
  #isStopped = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#edits = new Budget({ everyMs: options.pace.allEditsEveryMs, burst: editBurst }, options.steadyNow());
    this.#directs = new Outlet(options.pace, options.steadyNow());
    const { desk, readTail, readRunners, log, now } = options;
    const onChange = (id: UpgradeId): void => void this.changed(id).catch((error: unknown) => this.#notRead(id, error));
    this.#tails = new LiveTails({
      desk,
      read: readTail ?? (async () => []),
      everyMs: options.pace.tailEveryMs,
      log,
      onChange,
    });
    this.#unserved =
      readRunners === undefined ? undefined : new UnservedTurns({ desk, read: readRunners, now, log, onChange });
  }

  /** Compares what is open, and what was closed lately, with Slack. */
  async start(): Promise<void> {
    const { desk } = this.#options;
    const [open, closed] = await Promise.all([
      desk.list({ isOpen: true, limit: comparedAtStart.open }),
      desk.list({ isOpen: false, limit: comparedAtStart.closed }),
    ]);
    for (const { id, request } of [...open, ...closed].toReversed()) this.#lane(request.channel).touch(id);
  }

  /** The record of this upgrade has grown. @throws Error when the record cannot be read. */
  async changed(upgradeId: UpgradeId): Promise<void> {
    if (this.#isStopped) return;
    const upgrade = await this.#options.desk.find(upgradeId);
    if (upgrade !== undefined) this.#lane(upgrade.request.channel).touch(upgradeId);
  }

  /** Whether Slack shows everything that is known here. */
  get isIdle(): boolean {
    return [...this.#lanes.values()].every((lane) => lane.isIdle);
  }

  /** How far Slack is behind what is known here. */
  lag(): LagByPart {
    const works = [...this.#lanes.values()].flatMap((lane) => lane.unsettled);
    return lagOf(works, this.#options.steadyNow());
  }

  /** Ends after the calls that are under way; what is left is sent after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#tails.stop();
    this.#unserved?.stop();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
  }

  /** The next change of the record, or of what runs, looks again. */
  #notRead(id: UpgradeId, error: unknown): void {
    this.#options.log.warn(
      { upgrade: id, problem: errorMessage(error) },
      "what is new beside the record could not be brought to Slack; tried again with the next change",
    );
  }

  #lane(channel: string): Lane {
    const known = this.#lanes.get(channel);
    if (known !== undefined) return known;
    const { toolVersion, steadyNow, ...ports } = this.#options;
    const lane = new Lane(channel, {
      ...ports,
      now: steadyNow,
      kept: this.#kept,
      edits: this.#edits,
      directs: this.#directs,
      refresh: (work) => this.#reading(() => this.#refresh(work)),
      fileContent: (work, { version }) =>
        soakPicture(work.thread.events, version) ?? reportText(work.thread.events, version, toolVersion),
    });
    this.#lanes.set(channel, lane);
    return lane;
  }

  async #refresh(work: UpgradeWork): Promise<void> {
    work.isStale = false;
    try {
      await this.#read(work);
      await this.#tails.follow(work.id);
      await this.#unserved?.follow(work.id);
      const beside = { live: this.#tails.of(work.id), unserved: this.#unserved?.of(work.id) };
      redraw(work, beside);
      noteLag(work, this.#options.steadyNow());
    } catch (error) {
      work.isStale = true;
      throw error;
    }
  }

  /**
   * Brings rows and record up to date. What was read before counts only where the newest known event is still the same and
   * nobody else has sent anything: a replica that was stopped may not know yet that another one took its place.
   */
  async #read(work: UpgradeWork): Promise<void> {
    const { desk, posts, names } = this.#options;
    const { head, events } = work.thread;
    if (head !== undefined) {
      work.isLoaded ||= (await posts.count(work.id)) === work.rows.size;
      const [known, ...grown] = await desk.events(work.id, events.length - 1);
      if (work.isLoaded && known?.hash === head) return grow(work, grown, names);
      // Also where the database was put back to an earlier state, with other events and rows.
      readAnew(work, names);
    }
    if (!work.isLoaded) {
      for (const stored of await posts.load(work.id)) work.rows.set(stored.key, readRow(stored));
      work.isLoaded = true;
    }
    grow(work, await desk.events(work.id, 0), names);
  }
}

function grow(work: UpgradeWork, events: readonly RecordedEvent[], names: Names): void {
  try {
    work.thread.grow(events);
  } catch (error) {
    readAnew(work, names);
    throw error;
  }
}
