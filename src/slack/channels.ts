import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Log } from "./log.ts";
import { lookUpProblem } from "./look-up-problem.ts";
import { SinglyOrAll } from "./singly-or-all.ts";

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

function isSharedBy(info: unknown): boolean {
  const { is_ext_shared, is_pending_ext_shared, pending_shared, pending_connected_team_ids } =
    channelSchema.parse(info);
  const invited = [...(pending_shared ?? []), ...(pending_connected_team_ids ?? [])];
  return is_ext_shared || is_pending_ext_shared === true || invited.length > 0;
}

const listedSchema = z.array(z.looseObject({ id: z.string() }));
/** Without a word of invitations a list does not tell enough. */
const completeSchema = channelSchema.extend({ pending_shared: z.array(z.unknown()) });
/** The most that users.conversations gives at once. */
const pageSize = 999;
/** A bot that is in more channels than these pages hold asks about each of the others alone. */
const maxPages = 5;

/** Whether each channel that the bot is in is shared now, in few questions. One that is not told completely is left out. */
async function readOwnChannels(client: WebClient): Promise<ReadonlyMap<string, boolean>> {
  const known = new Map<string, boolean>();
  let cursor: string | undefined;
  for (let page = 1; page <= maxPages; page += 1) {
    const { channels, response_metadata: more } = await client.users.conversations({
      types: "public_channel,private_channel",
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const channel of listedSchema.parse(channels))
      if (completeSchema.safeParse(channel).success) known.set(channel.id, isSharedBy(channel));
    cursor = more?.next_cursor;
    if (cursor === undefined || cursor === "") break;
  }
  return known;
}

const bounds = { maxAgeMs: 60_000, maxKept: 500, sharedForMs: 0 } as const;

/** Slack takes some 50 questions a minute about single channels (conversations.info, tier 3), and 20 about all of the bot's. */
export function createChannels(client: WebClient, log: Log, now: () => number): Channels {
  const isShared = new SinglyOrAll(
    {
      one: async (channel) => isSharedBy((await client.conversations.info({ channel })).channel),
      all: () => readOwnChannels(client),
      onHeld: (channel, retryAfterS) =>
        log.warn({ channel, retryAfterS }, "Slack takes no more look-ups of single channels for now"),
    },
    bounds,
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
