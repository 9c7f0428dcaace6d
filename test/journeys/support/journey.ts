import { z } from "zod";
import { buttonsOf } from "#practice/scenarios/people.ts";
import type { Button, Message, Outcome } from "#practice/scenarios/people.ts";
import { alice, channel, openStage } from "#practice/scenarios/stage.ts";
import type { Stage } from "#practice/scenarios/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { openRows } from "./record-rows.ts";
import type { Rows } from "./record-rows.ts";

export const bob = "U0BOB0001";
export const dora = "U0DORA001";
export const general = "C0GENERAL";
export const legacy = "C0LEGACY1";
export const partner = "C0SHARED1";

const stateSchema = z.object({ people: z.array(z.looseObject({ id: z.string() })) });
const countSchema = z.looseObject({ count: z.number() });

/** A button with the message that it was seen on. */
export interface Seen {
  readonly message: Message;
  readonly button: Button;
}

/** What only one person was told, and how long the acknowledgement took. */
export interface Told {
  readonly text: string;
  readonly ackMs: number;
}

/** What the whole world would notice: compared before and after something that must leave no trace. */
export interface Trace {
  readonly events: number;
  readonly messages: number;
  readonly notifications: number;
}

/** One world with its people, for all tests of one file. */
export class Journey implements AsyncDisposable {
  readonly stage: Stage;
  readonly rows: Rows;
  readonly #people: readonly string[];

  private constructor(stage: Stage, rows: Rows, people: readonly string[]) {
    this.stage = stage;
    this.rows = rows;
    this.#people = people;
  }

  static async open(): Promise<Journey> {
    const stage = await openStage({ print: () => {}, env: process.env });
    try {
      const { people } = await look(stage, "state", stateSchema);
      const rows = await openRows(stage.world.databaseUrl);
      return new Journey(
        stage,
        rows,
        people.map(({ id }) => id),
      );
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Types a command and waits for the private answer to it. */
  async ask(user: string, line: string, where = channel): Promise<Told> {
    return this.#tell(user, where, () => this.stage.people.command(user, where, `/kong-upgrade ${line}`));
  }

  /** Clicks as a client that has not refreshed, and waits for the private answer. */
  async click(user: string, { message, button }: Seen, where = channel): Promise<Told> {
    return this.#tell(user, where, () => this.stage.people.staleClick(user, where, { ts: message.ts, button }));
  }

  /** Waits until this person was privately told something like it; answers the newest such text. */
  async hears(user: string, pattern: RegExp, where = channel): Promise<string> {
    return waitUntil(`${user} being told privately ${String(pattern)}`, async () =>
      (await this.#whispers(user, where)).map(({ text }) => text).findLast((text) => pattern.test(text)),
    );
  }

  /** Waits for a button on the newest card or in its thread. */
  async sees(label: string): Promise<Seen> {
    return this.stage.untilShown(`a button “${label}”`, () => this.stage.withButton(label), 120_000);
  }

  /** Waits until the card says something like it. */
  async card(pattern: RegExp): Promise<Message> {
    return waitUntil(`a card that says ${String(pattern)}`, async () => {
      const card = await this.stage.card();
      return card !== undefined && pattern.test(card.text) && card;
    });
  }

  /** Waits until the thread of the newest card says something like it. */
  async thread(pattern: RegExp): Promise<Message> {
    return waitUntil(`a thread that says ${String(pattern)}`, async () =>
      (await this.stage.thread()).findLast(({ text, is_ephemeral }) => is_ephemeral !== true && pattern.test(text)),
    );
  }

  /** Makes a plan that is newer than what the channel shows now, and waits for its Start button. */
  async plan(user = alice, line = "plan practice --to 3.4.2"): Promise<Seen> {
    const plans = await this.rows.count("plan_made");
    await this.ask(user, line);
    await waitUntil("a new plan", async () => (await this.rows.count("plan_made")) > plans);
    const digest = await this.rows.newestPlan();
    return waitUntil("the Start button of the new plan", async () => {
      const seen = await this.stage.withButton("Start");
      return seen?.button.value?.includes(digest) === true && seen;
    });
  }

  /** Waits for the prompt of a manual step. */
  async manualPrompt(): Promise<Seen> {
    return waitUntil("a manual step", async () => {
      for (const message of (await this.stage.thread()).toReversed()) {
        const button = buttonsOf(message).find(({ action_id }) => action_id === "ku_confirm_manual");
        if (button !== undefined) return { message, button };
      }
      return undefined;
    });
  }

  /** Counts everything that anybody could notice. */
  async trace(): Promise<Trace> {
    const channels = [channel, general, legacy, partner];
    const lists = await Promise.all(channels.map((each) => this.stage.people.messages(alice, each)));
    const card = await this.stage.card();
    const thread = card === undefined ? [] : await this.stage.people.messages(alice, channel, card.ts);
    const isPublic = ({ is_ephemeral }: Message): boolean => is_ephemeral !== true;
    return {
      events: await this.rows.count(),
      messages: [...lists.flat(), ...thread].filter(isPublic).length,
      notifications: await this.notifications(),
    };
  }

  /** Waits until the thread has all of the newest plan, at Slack's pace of a message a second: the head of the record is the last. */
  async planIsTold(): Promise<void> {
    const events = await this.rows.events(await this.rows.newestId());
    const made = events.findLast(({ event }) => event.type === "plan_made");
    await this.thread(new RegExp(`when the plan was made: event ${made?.version ?? 0}\\b`, "u"));
  }

  /** Waits until nobody notices anything new: what the bot still has to say comes at Slack's pace. */
  async quiet(): Promise<void> {
    let last = JSON.stringify(await this.trace());
    let since = Date.now();
    await waitUntil("the bot to have said all", async () => {
      const now = JSON.stringify(await this.trace());
      if (now !== last) since = Date.now();
      last = now;
      return Date.now() - since > 4_000;
    });
  }

  /** How often anybody was notified of anything. */
  async notifications(): Promise<number> {
    const counts = await Promise.all(
      this.#people.map((user) => look(this.stage, `notifications?user=${user}`, countSchema)),
    );
    return counts.reduce((sum, { count }) => sum + count, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rows[Symbol.asyncDispose]();
    await this.stage[Symbol.asyncDispose]();
  }

  async #tell(user: string, where: string, act: () => Promise<Outcome>): Promise<Told> {
    const before = new Set((await this.#whispers(user, where)).map(({ ts }) => ts));
    const outcome = await act();
    if (!outcome.delivered || outcome.ack_ms == null)
      throw new Error(`the bot did not acknowledge: ${outcome.shown ?? JSON.stringify(outcome)}`);
    const told = await waitUntil(`a private answer to ${user}`, async () =>
      (await this.#whispers(user, where)).find(({ ts }) => !before.has(ts)),
    );
    return { text: told.text, ackMs: outcome.ack_ms };
  }

  async #whispers(user: string, where: string): Promise<readonly Message[]> {
    const card = where === channel ? await this.stage.card() : undefined;
    const all = [
      ...(await this.stage.people.messages(user, where)),
      ...(card === undefined ? [] : await this.stage.people.messages(user, where, card.ts)),
    ];
    return all
      .filter(({ is_ephemeral }) => is_ephemeral === true)
      .toSorted((left, right) => Number(left.ts) - Number(right.ts));
  }
}

async function look<Schema extends z.ZodType>(stage: Stage, path: string, schema: Schema): Promise<z.output<Schema>> {
  const response = await fetch(`${stage.world.workspace.address}/practice/${path}`, {
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
  return schema.parse(await response.json());
}
