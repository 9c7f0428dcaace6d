import type { Pool } from "pg";
import type { ClientBase } from "pg";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { inTransaction } from "./database.ts";
import { appendEvents } from "./event-rows.ts";
import type { EventTrace } from "./event-traces.ts";
import type { OnTrouble } from "./listen.ts";
import type { Summary } from "./summary.ts";

/**
 * Wakes runners up when an append makes it their turn. Nothing runs because of it, so an append never fails because of it:
 * runners read the record every few seconds, and whoever rings does so again.
 */
export type Bell =
  /** The ring is part of the appending transaction: heard exactly when the events can be seen. */
  | {
      readonly kind: "within";
      readonly ring: (transaction: ClientBase, environment: string, id: UpgradeId) => Promise<void>;
    }
  /** The queue lies elsewhere: rung after the commit, and nobody waits for it. */
  | { readonly kind: "afterwards"; readonly ring: (environment: string, id: UpgradeId) => Promise<void> };

/** What is appended in one transaction. */
export interface Append {
  readonly events: readonly RecordedEvent[];
  readonly summary: Summary;
  readonly upgradeId: UpgradeId;
  readonly trace: EventTrace | undefined;
}

/** Appends events that make it a runner's turn, and rings. @throws whatever the append throws. */
export async function appendAndRing(pool: Pool, append: Append, bell: Bell, onTrouble: OnTrouble): Promise<void> {
  const { events, summary, upgradeId, trace } = append;
  if (bell.kind === "afterwards") {
    await appendEvents(pool, events, summary, trace);
    bell.ring(summary.environment, upgradeId).catch((cause: unknown) => onTrouble(notRung(upgradeId, cause)));
    return;
  }
  try {
    await inTransaction(pool, async (client) => {
      await appendEvents(client, events, summary, trace);
      await bell.ring(client, summary.environment, upgradeId).catch((cause: unknown) => {
        throw new BellBroken(errorMessage(cause));
      });
    });
  } catch (cause) {
    if (!(cause instanceof BellBroken)) throw cause;
    // It was not committed: what people decided must not be lost with the ring.
    onTrouble(notRung(upgradeId, cause));
    await appendEvents(pool, events, summary, trace);
  }
}

class BellBroken extends Error {
  override readonly name = "BellBroken";
}

function notRung(id: UpgradeId, cause: unknown): string {
  return `no runner was rung for ${id}, they find it when they next look: ${errorMessage(cause)}`;
}
