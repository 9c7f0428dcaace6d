import type { UpgradeId } from "#src/upgrade/identity.ts";
import { threadParts } from "./work.ts";
import type { ThreadPart, UpgradeWork } from "./work.ts";

/** How far Slack is behind the record. */
export interface Lag {
  readonly seconds: number;
  readonly events: number;
}

export type LagByPart = Readonly<Record<ThreadPart, Lag>>;

/** Remembers of upgrades that nothing is left to send for how far Slack showed them. */
interface Shown {
  of(id: UpgradeId): UpgradeWork["shown"];
  keep(work: Pick<UpgradeWork, "id" | "shown">): void;
}

const maxRemembered = 200;

export function createShown(): Shown {
  const known = new Map<UpgradeId, UpgradeWork["shown"]>();
  return {
    of: (id) => known.get(id) ?? new Map(),
    keep: ({ id, shown }) => {
      if (known.size >= maxRemembered) known.clear();
      known.set(id, shown);
    },
  };
}

/** The worst of several upgrades, for each part on its own; `now` by the clock of the delivery, in milliseconds. */
export function lagOf(works: Iterable<UpgradeWork>, now: number): LagByPart {
  const worst = { card: { seconds: 0, events: 0 }, thread: { seconds: 0, events: 0 } };
  for (const work of works) {
    for (const part of threadParts) {
      const since = work.behindSince.get(part);
      if (since === undefined) continue;
      const events = work.thread.events.length - (work.shown.get(part) ?? 0);
      worst[part].seconds = Math.max(worst[part].seconds, (now - since) / 1_000);
      worst[part].events = Math.max(worst[part].events, events);
    }
  }
  return worst;
}
