import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { ListenerPorts } from "./ports.ts";

/**
 * Refuses a vote, whoever gives it, while people of another organisation are in the upgrade's channel: they read what is
 * approved and may press its buttons. Asked anew for every vote; what cannot be read counts as shared.
 */
export async function refuseVotePlace(
  { channelReach }: Pick<ListenerPorts, "channelReach">,
  { request: { channel, environment } }: Upgrade,
): Promise<Refusal | undefined> {
  const reach = await channelReach(channel);
  if (reach === "own") return undefined;
  if (reach === "unknown")
    return refuse(
      "not_allowed",
      `Slack could not tell just now whether another organisation is in <#${channel}>, so the vote does not count.`,
      "Please try again in a moment.",
    );
  return refuse(
    "not_allowed",
    `<#${channel}> is shared with another organisation (Slack Connect), so nobody can approve or reject anything of ${environment.name}.`,
    "Stop sharing the channel, or give the environment a channel of your own in kong-upgrade.yml; then vote again.",
  );
}
