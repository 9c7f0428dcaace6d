import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { Fresh } from "./fresh.ts";
import type { Log } from "./log.ts";
import { lookUpProblem } from "./look-up-problem.ts";

/** Who reads a channel: only this workspace and its organisation, also another organisation (Slack Connect), or not known. */
export type ChannelReach = "own" | "shared" | "unknown";

/** Asks Slack who reads a channel. Never throws. */
export interface Channels {
  /** As it is now: for a vote, and before an approval is signed. */
  readonly reachNow: (channel: string) => Promise<ChannelReach>;
  /** At most a minute old. */
  readonly reachLately: (channel: string) => Promise<ChannelReach>;
}

/**
 * What `conversations.info` tells (docs.slack.dev, conversation object). `is_shared` is no sign: channels of several
 * workspaces of one organisation have it, too. An invitation that is not yet taken counts.
 */
const channelSchema = z.object({
  is_ext_shared: z.boolean(),
  is_pending_ext_shared: z.boolean().nullish(),
  pending_shared: z.array(z.unknown()).nullish(),
  pending_connected_team_ids: z.array(z.unknown()).nullish(),
});

export function createChannels(client: WebClient, log: Log, now: () => number): Channels {
  const isShared = new Fresh(
    async (channel) => {
      const { channel: info } = await client.conversations.info({ channel });
      const { is_ext_shared, is_pending_ext_shared, pending_shared, pending_connected_team_ids } =
        channelSchema.parse(info);
      const invited = [...(pending_shared ?? []), ...(pending_connected_team_ids ?? [])];
      return is_ext_shared || is_pending_ext_shared === true || invited.length > 0;
    },
    { maxAgeMs: 60_000, maxKept: 500 },
    now,
  );
  const told = async (channel: string, answer: Promise<boolean>): Promise<ChannelReach> => {
    try {
      return (await answer) ? "shared" : "own";
    } catch (error) {
      const problem = lookUpProblem(error);
      log.warn({ channel, problem }, "a channel could not be looked up; it counts as shared with another organisation");
      return "unknown";
    }
  };
  return {
    reachNow: (channel) => told(channel, isShared.now(channel)),
    reachLately: (channel) => told(channel, isShared.lately(channel)),
  };
}
