import type { Logger } from "#src/log.ts";
import type { ChannelReach } from "#src/slack/channels.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Actor } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

export interface ReachParts {
  readonly desk: Pick<Desk, "events" | "submit">;
  readonly log: Logger;
  /** Who reads a channel, asked now. */
  readonly channelReach: (channel: string) => Promise<ChannelReach>;
}

/**
 * Whether only people of our own read the channel in which an approval was given; else nothing is signed. That another
 * organisation reads along is told in the record, once; what could not be looked up is looked up again.
 */
export async function isChannelOurs(
  { desk, log, channelReach }: ReachParts,
  actor: Actor,
  upgrade: Upgrade,
): Promise<boolean> {
  const { id, request } = upgrade;
  const channels = [...new Set([request.channel, request.environment.channel])];
  const reaches = await Promise.all(channels.map((channel) => channelReach(channel)));
  if (reaches.every((reach) => reach === "own")) return true;
  log.warn(
    { upgrade: id, channels, reaches },
    "the approval was not signed: another organisation may be in the channel",
  );
  if (!reaches.includes("shared")) return false;
  const what = `the channel of ${request.environment.name} is shared with another organisation (Slack Connect), so no approval is signed and nothing that needs one runs; stop sharing it, then the approval is signed while it is valid`;
  const events = await desk.events(id, 0);
  const isTold = events.some(({ event }) => event.type === "alarm_raised" && event.what === what);
  if (!isTold) await desk.submit(id, { intent: "raise_alarm", what }, actor);
  return false;
}
