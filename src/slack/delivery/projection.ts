import { errorMessage } from "#src/kernel/app-error.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Log } from "#src/slack/log.ts";
import type { Delivery } from "./delivery.ts";
import type { LagByPart } from "./lag.ts";

/** The delivery of the one replica that writes into Slack; a new one each time, since others may have written meanwhile. */
export interface Projection {
  lead(): void;
  follow(): Promise<void>;
  changed(id: UpgradeId): void;
  isIdle(): boolean;
  /** Undefined while another replica writes. */
  lag(): LagByPart | undefined;
}

export function createProjection(open: () => Delivery, log: Log): Projection {
  let delivery: Delivery | undefined;
  return {
    lead: () => {
      if (delivery !== undefined) return;
      delivery = open();
      delivery.start().catch((error: unknown) => {
        log.error(
          { problem: errorMessage(error) },
          "open upgrades could not be compared with Slack; each is at its next change",
        );
      });
    },
    follow: async () => {
      const ending = delivery;
      delivery = undefined;
      await ending?.stop();
    },
    changed: (id) => {
      delivery?.changed(id).catch((error: unknown) => {
        log.error(
          { upgrade: id, problem: errorMessage(error) },
          "a change could not be brought to Slack; the next one tries again",
        );
      });
    },
    isIdle: () => delivery?.isIdle ?? true,
    lag: () => delivery?.lag(),
  };
}
