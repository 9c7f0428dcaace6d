import { setTimeout as delay } from "node:timers/promises";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import type { SmallGateway } from "./small-gateways.ts";

/** The upgrades that are open, as the record tells every moment. */
export interface Followed extends AsyncDisposable {
  /** Waits until the upgrade of this environment is so; undefined stands for one that is not open (any more). */
  until<Value>(
    gateway: SmallGateway,
    what: string,
    isThere: (upgrade: Upgrade | undefined) => Value | undefined,
  ): Promise<Value>;
}

const lookEveryMs = 250;
const patienceMs = 180_000;
const maxOpen = 500;

/** One look for all of them, so that whoever waits costs the database nothing. */
export function followUpgrades(record: UpgradeRecord): Followed {
  let open = new Map<string, Upgrade>();
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      const upgrades = await record.list({ isOpen: true, limit: maxOpen });
      open = new Map(upgrades.map((upgrade) => [upgrade.request.environment.name, upgrade]));
      await delay(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  // Whoever waits then says in vain for what.
  looking.catch(() => undefined);
  return {
    until: ({ name }, what, isThere) => waitUntil(`${name} to be ${what}`, () => isThere(open.get(name)), patienceMs),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await looking;
    },
  };
}
