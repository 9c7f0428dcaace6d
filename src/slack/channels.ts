import type { WebClient } from "@slack/web-api";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Log } from "./log.ts";

const maxAgeMs = 60_000;

/** Asks Slack, at most once a minute and channel, whether another organisation reads along (Slack Connect). */
export function createSharedChannelCheck(
  client: WebClient,
  log: Log,
  now: () => number,
): (channel: string) => Promise<boolean> {
  const known = new Map<string, { readonly at: number; readonly isShared: boolean }>();
  return async (channel) => {
    const cached = known.get(channel);
    if (cached !== undefined && now() - cached.at < maxAgeMs) return cached.isShared;
    try {
      const { channel: info } = await client.conversations.info({ channel });
      const isShared = info?.is_ext_shared === true || info?.is_pending_ext_shared === true;
      known.set(channel, { at: now(), isShared });
      return isShared;
    } catch (error) {
      log.warn({ channel, problem: errorMessage(error) }, "a channel could not be looked up; it counts as shared");
      return true;
    }
  };
}
