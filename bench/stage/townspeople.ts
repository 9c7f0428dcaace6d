import { setTimeout as delay } from "node:timers/promises";
import { buttonsOf, People } from "#practice/scenarios/people.ts";
import type { Button, Outcome } from "#practice/scenarios/people.ts";
import { decodeValue } from "#src/slack/actions.ts";
import type { ActionId } from "#src/slack/actions.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { operator } from "./small-gateways.ts";
import type { SmallGateway } from "./small-gateways.ts";

/** What people did, and how the app took it. */
export interface Deeds {
  /** From the delivery to the app until its acknowledgement, as Slack measures it. */
  readonly acksMs: number[];
  /** What Slack showed people instead, as the app did not acknowledge within its 3 s. */
  readonly missed: string[];
}

/** People at their keyboards, all at once. */
export interface Townspeople {
  /** Everything from now on is counted there. */
  countInto(deeds: Deeds): void;
  /** Types a command in the channel of a gateway. */
  type(gateway: SmallGateway, words: string): Promise<void>;
  /** Waits until the thread of an upgrade shows this button for a step, and presses it; answers how long they waited, in milliseconds. */
  press(gateway: SmallGateway, id: UpgradeId, wanted: Wanted): Promise<number>;
}

interface Wanted {
  readonly user: string;
  readonly action: ActionId;
  readonly stepId: string;
}

/** Messages come at Slack's pace; a thread that has to catch up takes a while. */
const patienceMs = 120_000;

export function createTownspeople(address: string): Townspeople {
  const people = new People(address);
  let into: Deeds = { acksMs: [], missed: [] };
  const count = (what: string, { delivered, ack_ms, error }: Outcome): void => {
    if (delivered && typeof ack_ms === "number") into.acksMs.push(ack_ms);
    else into.missed.push(`${what}: ${error ?? "no answer"}`);
  };
  const findButton = async ({ channel }: SmallGateway, id: UpgradeId, wanted: Wanted): Promise<Shown | undefined> => {
    const card = (await people.messages(wanted.user, channel)).find(
      ({ text, is_ephemeral }) => is_ephemeral !== true && text.includes(id),
    );
    const thread = card === undefined ? [] : await people.messages(wanted.user, channel, card.ts);
    for (const message of thread) {
      const button = buttonsOf(message).find(
        ({ action_id, value }) => action_id === wanted.action && decodeValue(value)?.step?.id === wanted.stepId,
      );
      if (button !== undefined) return { ts: message.ts, button };
    }
    return undefined;
  };
  return {
    countInto: (deeds) => {
      into = deeds;
    },
    type: async (gateway, words) =>
      count(`“${words}”`, await people.command(operator, gateway.channel, `/kong-upgrade ${words}`)),
    press: async (gateway, id, wanted) => {
      const startedAt = performance.now();
      const what = `${wanted.action} of ${wanted.stepId} in the thread of ${id}`;
      const shown = await waitUntil(what, () => findButton(gateway, id, wanted), patienceMs);
      const waitedMs = performance.now() - startedAt;
      count(what, await people.staleClick(wanted.user, gateway.channel, shown));
      return waitedMs;
    },
  };
}

interface Shown {
  readonly ts: string;
  readonly button: Button;
}

/** What goes on in the other channels meanwhile: somebody says something every so often, until disposed. @throws what `say` threw */
export function chatter(say: (turn: number) => Promise<void>, everyMs: number): AsyncDisposable {
  const stopping = new AbortController();
  const saying: Promise<void>[] = [];
  const talking = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      // Nobody waits for what others are told.
      const said = say(turn);
      said.catch(() => stopping.abort());
      saying.push(said);
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await talking;
      await Promise.all(saying);
    },
  };
}
