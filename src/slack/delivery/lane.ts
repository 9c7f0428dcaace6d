import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Log } from "#src/slack/log.ts";
import type { Names } from "#src/slack/views/names.ts";
import type { Budget, Pace } from "./budget.ts";
import { EditRhythm } from "./edit-rhythm.ts";
import { describeFailure, outcomeOfDirect, updateMessage } from "./messenger.ts";
import type { Place, SendOutcome } from "./messenger.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { PostRow, PostStore } from "./post-store.ts";
import { createShown } from "./lag.ts";
import { Outlet } from "./outlet.ts";
import { findSent, sendPost, threadLink } from "./send-post.ts";
import type { SendPorts } from "./send-post.ts";
import type { KeptWorks } from "./kept-works.ts";
import { forgetRow, newWork, nextTask, noteLag, noteRow } from "./work.ts";
import type { DeliveryTask, UpgradeWork } from "./work.ts";

/** What a lane needs of its surroundings. */
export interface LanePorts extends SendPorts {
  readonly posts: PostStore;
  readonly names: Names;
  /** What Slack shows completely, over all channels. */
  readonly kept: KeptWorks;
  readonly log: Log;
  readonly pace: Pace;
  /** Of chat.update, over all channels. */
  readonly edits: Budget;
  /** Of direct messages, over all channels: what goes wrong there holds up no thread. */
  readonly directs: Outlet;
  readonly now: () => number;
  /** Reads the record of an upgrade and says what Slack should show and does show. */
  readonly refresh: (work: UpgradeWork) => Promise<void>;
}

/** Somebody who deletes a card again and again does not want it. */
const maxReposts = 5;
/**
 * Everything that goes to one channel, one call at a time within its budget, most urgent first.
 * What is wrong now is put right later: the record says what should be there, as often as it takes.
 */
export class Lane {
  readonly #channel: string;
  readonly #ports: LanePorts;
  readonly #outlet: Outlet;
  readonly #works = new Map<UpgradeId, UpgradeWork>();
  readonly #shown = createShown();
  readonly #rhythm: EditRhythm;
  readonly #reposts = new Map<UpgradeId, number>();
  /** Prompts that were posted before: whoever was mentioned then is not notified again. */
  readonly #reposted = new Set<string>();
  #wake: () => void = () => {};
  #isStopped = false;
  readonly #running: Promise<void>;

  constructor(channel: string, ports: LanePorts) {
    this.#channel = channel;
    this.#ports = ports;
    this.#outlet = new Outlet(ports.pace, ports.now());
    this.#rhythm = new EditRhythm(ports);
    this.#running = this.#run();
  }

  /** The record of this upgrade has grown, or should be compared with Slack again. */
  touch(upgradeId: UpgradeId): void {
    const work = this.#works.get(upgradeId);
    if (work === undefined) {
      const { kept, names } = this.#ports;
      const taken = kept.take(upgradeId) ?? newWork(upgradeId, names, this.#shown.of(upgradeId));
      taken.isStale = true;
      this.#works.set(upgradeId, taken);
    } else work.isStale = true;
    this.#wake();
  }

  /** Whether Slack shows everything that is known here. */
  get isIdle(): boolean {
    return this.#works.size === 0;
  }

  /** What Slack does not show completely. */
  get unsettled(): readonly UpgradeWork[] {
    return [...this.#works.values()];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#turn();
      } catch (error) {
        this.#ports.log.error(
          { channel: this.#channel, err: error },
          "the delivery to a channel failed; it is tried again",
        );
        await this.#idle(this.#outlet.backOffMs());
      }
    }
  }

  async #turn(): Promise<void> {
    const { now } = this.#ports;
    for (const work of this.#works.values()) if (work.isStale) await this.#ports.refresh(work);
    // One moment for all of them: what comes later must not become due while what comes before it is asked.
    const asOf = now();
    const task = nextTask([...this.#works.values()], (work, post, kind) => this.#dueAt({ work, post, kind }, asOf));
    if (task === undefined) {
      this.#forgetSettled();
      await this.#idle(undefined);
      return;
    }
    const waitMs = task.dueAt - now();
    if (waitMs > 0) {
      await this.#idle(waitMs);
      return;
    }
    this.#outletOf(task.post).take(now());
    await this.#perform(task);
    noteLag(task.work, now());
  }

  #dueAt(
    { work, post, kind }: Pick<DeliveryTask, "work" | "post"> & { readonly kind: "send" | "edit" },
    now: number,
  ): number {
    const waitMs = this.#outletOf(post).waitMs(now);
    return Math.max(waitMs === 0 ? 0 : now + waitMs, kind === "edit" ? this.#rhythm.dueAt(work.id, post) : 0);
  }

  #outletOf({ place }: DesiredPost): Outlet {
    return place === "direct" ? this.#ports.directs : this.#outlet;
  }

  async #perform(task: DeliveryTask): Promise<void> {
    const { work, post } = task;
    const { channel } = this.#row(task, "sending");
    const link = post.place === "direct" ? await threadLink(this.#ports, work, this.#channel) : undefined;
    const place: Place = { upgradeId: work.id, channel, threadTs: task.threadTs, threadLink: link };
    switch (task.kind) {
      case "post":
        await this.#save(work, this.#row(task, "sending"));
        await this.#send(task, place);
        return;
      case "resume":
        await this.#resume(task, place);
        return;
      case "edit":
        this.#ports.edits.take(this.#ports.now());
        await this.#settle(
          task,
          await updateMessage(this.#ports.client, { ...place, channel: task.row.channel, ts: task.ts }, post),
        );
    }
  }

  async #send(task: DeliveryTask, place: Place): Promise<void> {
    const { work, post } = task;
    const wasPosted = this.#reposted.has(`${work.id}/${post.key}`);
    const sent = wasPosted ? { ...post, mentions: [] } : post;
    await this.#settle(task, await sendPost(this.#ports, { work, post: sent, place }));
  }

  /** An earlier try may have arrived: look for our key, or the file by its name, before sending again. */
  async #resume(task: DeliveryTask, place: Place): Promise<void> {
    const { work, post } = task;
    if (post.ephemeralTo !== undefined) {
      // Cannot be found again and may be shown at most once: the same answer stands in the thread.
      await this.#save(work, this.#row(task, "gone"));
      return;
    }
    const found = await findSent(this.#ports, { work, post, place }).catch((error: unknown) => describeFailure(error));
    if (found !== undefined && "kind" in found) {
      await this.#settle(task, found);
      return;
    }
    if (found === undefined) {
      // Nobody is written to about what is over, not even late.
      if (post.isOver === true) await this.#save(work, this.#row(task, "gone"));
      else await this.#send(task, place);
      return;
    }
    // It arrived; whether with today's content is not known, so an edit follows unless the row says the same.
    const before = work.rows.get(post.key);
    this.#succeeded(work, post);
    await this.#save(work, {
      ...this.#row(task, "sent"),
      ...found,
      contentDigest: before?.contentDigest ?? post.digest,
    });
  }

  async #settle(task: DeliveryTask, answered: SendOutcome): Promise<void> {
    const { work, post } = task;
    const { log, now } = this.#ports;
    const outcome = post.place === "direct" ? outcomeOfDirect(answered) : answered;
    const about = { channel: this.#channel, upgrade: work.id, key: post.key };
    switch (outcome.kind) {
      case "sent":
        this.#succeeded(work, post);
        await this.#save(work, {
          ...this.#row(task, "sent"),
          ...(task.kind === "edit" ? { ts: task.ts } : tsOf(post, outcome)),
        });
        return;
      case "missing":
        log.warn(about, "a message of ours was deleted in Slack");
        await this.#forgetDeleted(task);
        return;
      case "limited":
        // Slack limits edits by method and messages by channel; the one does not hold up the other.
        (task.kind === "edit" ? this.#ports.edits : this.#outletOf(post)).pause(now(), outcome.retryAfterMs);
        return;
      case "refused":
        if (post.to === undefined)
          log.error({ ...about, problem: outcome.problem }, "Slack does not take this message; it is left out");
        else
          log.warn({ ...about, user: post.to, problem: outcome.problem }, "a person could not be written to directly");
        await this.#save(work, this.#row(task, "gone"));
        return;
      case "unavailable":
      case "unclear":
        log.warn({ ...about, problem: outcome.problem }, "a message could not be delivered; it is tried again");
        this.#outletOf(post).failed(now());
    }
  }

  /** A card or a prompt is posted anew; a line of history that somebody deleted stays deleted. */
  async #forgetDeleted(task: DeliveryTask): Promise<void> {
    const { work, post } = task;
    const isThreadGone = task.kind !== "edit";
    if (!isThreadGone && post.key !== "card" && post.isPrompt !== true) {
      await this.#save(work, this.#row(task, "gone"));
      return;
    }
    const reposts = (this.#reposts.get(work.id) ?? 0) + 1;
    this.#reposts.set(work.id, reposts);
    if (reposts > maxReposts) {
      await this.#save(work, this.#row(task, "gone"));
      return;
    }
    forgetRow(work, post);
    this.#reposted.add(`${work.id}/${post.key}`);
    if (isThreadGone && work.card !== undefined) forgetRow(work, work.card);
  }

  #succeeded(work: UpgradeWork, post: DesiredPost): void {
    this.#outletOf(post).succeeded();
    this.#rhythm.sent(work.id, post.key);
  }

  async #save(work: UpgradeWork, row: PostRow): Promise<void> {
    await this.#ports.posts.save(row);
    noteRow(work, row);
  }

  #row({ work, post, threadTs, row }: DeliveryTask, state: PostRow["state"]): PostRow {
    const inThread = row?.threadTs ?? threadTs;
    return {
      upgradeId: work.id,
      key: post.key,
      channel: post.place === "direct" ? (row?.channel ?? post.to ?? this.#channel) : this.#channel,
      ...(inThread === undefined ? {} : { threadTs: inThread }),
      contentDigest: post.digest,
      state,
    };
  }

  /** Memory is bounded by what is open, and by how much of the rest is kept. */
  #forgetSettled(): void {
    for (const [id, work] of this.#works) {
      if (work.isStale) continue;
      this.#shown.keep(work);
      this.#works.delete(id);
      this.#ports.kept.keep(work);
    }
    this.#rhythm.forgetOld();
  }

  async #idle(durationMs: number | undefined): Promise<void> {
    const isBehind = durationMs === undefined && [...this.#works.values()].some((work) => work.isStale);
    if (this.#isStopped || isBehind) return;
    await new Promise<void>((resolve) => {
      const timer = durationMs === undefined ? undefined : setTimeout(resolve, durationMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }
}

/** Only what can be edited later has a ts to remember; where a direct message went is known only now. */
function tsOf(
  post: DesiredPost,
  { ts, channel }: { readonly ts?: string; readonly channel?: string },
): { readonly ts?: string; readonly channel?: string } {
  if (post.ephemeralTo !== undefined || ts === undefined) return {};
  return { ts, ...(post.place === "direct" && channel !== undefined ? { channel } : {}) };
}
