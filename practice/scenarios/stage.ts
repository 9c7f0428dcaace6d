import { chmod, mkdtemp, rm, writeFile, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startWorld } from "#practice/world/world.ts";
import type { World, WorldOptions } from "#practice/world/world.ts";
import { People, findButton, wasTaken } from "./people.ts";
import type { Button, Message } from "./people.ts";

export const alice = "U0ALICE01";
export const bob = "U0BOB0001";
export const carol = "U0CAROL01";
export const dave = "U0DAVE001";
export const erin = "U0ERIN001";
export const frank = "U0FRANK01";
export const gina = "U0GUEST01";
export const eve = "U0EVE0X01";
export const mallory = "U0MALLO01";
export const channel = "C0PRACTCE";

const pollEveryMs = 250;
/** A look without a change costs as much as one with: card and thread are fetched and parsed whole. */
const unchangedPollEveryMs = 1_500;

interface Poll<T> {
  readonly what: string;
  readonly look: () => Promise<T | undefined>;
  /** Waits before the next look, given the workspace's count of changes before the last one. */
  readonly pause: (seen: number) => Promise<void>;
  readonly timeoutMs: number | undefined;
}

/** A world of its own, the people in it, and the thread of one upgrade printed as it grows. */
export class Stage implements AsyncDisposable {
  readonly world: World;
  readonly people: People;
  readonly #print: (line: string) => void;
  readonly #shown = new Map<string, string>();
  readonly #cleanUp: () => Promise<void>;

  constructor(parts: {
    readonly world: World;
    readonly print: (line: string) => void;
    readonly cleanUp: () => Promise<void>;
  }) {
    this.world = parts.world;
    this.people = new People(parts.world.workspace.address);
    this.#print = parts.print;
    this.#cleanUp = parts.cleanUp;
  }

  say(line: string): void {
    this.#print(`    ▸ ${line}`);
  }

  /** The card of the newest upgrade in the channel, once there is one. */
  async card(): Promise<Message | undefined> {
    const messages = await this.people.messages(alice, channel);
    return messages.findLast((message) => message.text.includes("KU-") && message.is_ephemeral !== true);
  }

  /** The replies of the upgrade's thread, without its card; prints what is new. */
  async thread(): Promise<readonly Message[]> {
    const card = await this.card();
    if (card === undefined) return [];
    const messages = await this.people.messages(alice, channel, card.ts);
    for (const message of messages) {
      if (this.#shown.get(message.ts) === message.text) continue;
      const isEdit = this.#shown.has(message.ts);
      this.#shown.set(message.ts, message.text);
      this.#print(`${isEdit ? "  ✎ " : "  • "}${firstLines(message.text)}`);
    }
    return messages.filter((message) => message.ts !== card.ts);
  }

  /** Polls the workspace until `look` finds something. @throws Error naming what was waited for, with the end of the thread. */
  until<T>(what: string, look: () => Promise<T | undefined>, timeoutMs?: number): Promise<T> {
    return this.#poll({ what, look, pause: () => delay(pollEveryMs), timeoutMs });
  }

  /** As {@link until}, for what only the workspace shows: looks again when something has changed there. */
  untilShown<T>(what: string, look: () => Promise<T | undefined>, timeoutMs?: number): Promise<T> {
    const { workspace } = this.world;
    const pause = async (seen: number): Promise<void> => {
      const until = Date.now() + unchangedPollEveryMs;
      do await delay(pollEveryMs);
      while (workspace.changes() === seen && Date.now() < until);
    };
    return this.#poll({ what, look, pause, timeoutMs });
  }

  async #poll<T>({ what, look, pause, timeoutMs = 180_000 }: Poll<T>): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const seen = this.world.workspace.changes();
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > deadline) {
        const tail = (await this.thread())
          .slice(-3)
          .map((message) => message.text)
          .join("\n---\n");
        throw new Error(`waited ${timeoutMs / 1_000} s in vain for: ${what}\nthe thread ends with:\n${tail}`);
      }
      await pause(seen);
    }
  }

  /** The newest message of card and thread that offers this button. */
  async withButton(label: string): Promise<{ readonly message: Message; readonly button: Button } | undefined> {
    const card = await this.card();
    const all = [...(card === undefined ? [] : [card]), ...(await this.thread())];
    for (const message of all.toReversed()) {
      const button = findButton(message, label);
      if (button !== undefined) return { message, button };
    }
    return undefined;
  }

  /** Waits for a button and clicks it as somebody. */
  async press(user: string, label: string, timeoutMs?: number): Promise<void> {
    const { message, button } = await this.untilShown(`a button “${label}”`, () => this.withButton(label), timeoutMs);
    this.say(`${nameOf(user)} presses “${button.text.text}”`);
    const outcome = await this.people.click(user, channel, { ts: message.ts, button });
    if (!wasTaken(outcome)) throw new Error(`the click on “${label}” was not delivered: ${outcome.shown ?? ""}`);
  }

  /** Says how the simulated kong misbehaves; an empty object makes it healthy again. */
  async kongFaults(faults: Readonly<Record<string, unknown>>): Promise<void> {
    const { faultsFile } = this.world.fleet;
    // Renamed into place, because a running command may read it at this very moment.
    await writeFile(`${faultsFile}.new`, JSON.stringify(faults));
    await rename(`${faultsFile}.new`, faultsFile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world.stop();
    await this.#cleanUp();
  }
}

export interface StageOptions extends Pick<WorldOptions, "env" | "replacePgDump"> {
  readonly print: (line: string) => void;
}

export interface StageOptions extends Pick<WorldOptions, "env" | "replacePgDump"> {
  readonly print: (line: string) => void;
}

/** Starts a fresh world in a temporary folder on a free port. */
export async function openStage({ print, ...options }: StageOptions): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), "kong-upgrade-rehearsal-"));
  // Root's PostgreSQL runs as another account: where that one may pass, its data need not lie elsewhere.
  await chmod(dataDir, 0o711);
  const soak = { duration: "5s", sampleEvery: "500ms", baseline: "2s" };
  const world = await startWorld({ dataDir, port: 0, soak, isDurable: false, ...options });
  return new Stage({
    world,
    print,
    cleanUp: async () => {
      for (const folder of [dataDir, world.postgresDir])
        await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  });
}

export function nameOf(user: string): string {
  const names: Readonly<Record<string, string>> = {
    [alice]: "alice",
    [bob]: "bob",
    [carol]: "carol",
    [dave]: "dave",
    [erin]: "erin",
    [frank]: "frank",
    [gina]: "gina (guest)",
    [eve]: "eve (external)",
    [mallory]: "mallory (shown as “carol”)",
  };
  return names[user] ?? user;
}

function firstLines(text: string): string {
  const lines = text.split("\n");
  return lines.length > 6
    ? `${lines.slice(0, 6).join("\n    ")}\n    … ${lines.length - 6} more lines`
    : lines.join("\n    ");
}
