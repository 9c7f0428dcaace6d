import type { Upgrade } from "#src/upgrade/state.ts";
import type { Names } from "#src/slack/views/names.ts";
import { nudgeMessage } from "#src/slack/views/nudge.ts";
import type { Nudged } from "#src/slack/views/nudge.ts";
import type { Attempt } from "./attempts.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { Sent } from "./said-so-far.ts";

/** One request whose approvers were told directly. */
interface NudgedAttempt {
  readonly upgrade: Upgrade;
  readonly attempt: Attempt;
  /** The upgrade ended, turned back or tried again. */
  readonly isWithdrawn: boolean;
}

/** The direct messages about one request: the newest to each person is live while something is left to do for them. */
export function nudgePosts(nudged: NudgedAttempt, sent: readonly Sent[], names: Names): readonly DesiredPost[] {
  const newest = new Map<string, number>();
  for (const { event, version } of sent) for (const { userId } of event.to) newest.set(userId, version);
  return sent.flatMap((each) =>
    each.event.to.flatMap(({ userId, mayVote }) => {
      const state = newest.get(userId) === each.version ? stateFor(nudged, userId) : "repeated";
      return messageTo(nudged, each, { userId, mayVote, state, names });
    }),
  );
}

function stateFor({ attempt: { approval }, isWithdrawn }: NudgedAttempt, userId: string): Nudged["state"] {
  if (isWithdrawn && approval?.outcome.kind === "open") return "withdrawn";
  if (approval?.outcome.kind !== "open") return "decided";
  return approval.ballots.some(({ voter }) => voter.userId === userId) ? "voted" : "open";
}

function messageTo(
  { upgrade, attempt: { approval, track, step, attempt } }: NudgedAttempt,
  { version, event }: Sent,
  reader: Pick<Nudged, "mayVote" | "state"> & { readonly userId: string; readonly names: Names },
): readonly DesiredPost[] {
  const { userId, mayVote, state, names } = reader;
  const { nudge, voters = [] } = event;
  if (approval === undefined) return [];
  const asked = { upgradeId: upgrade.id, plan: track.plan, step, attempt, approval };
  return [
    post(
      {
        key: `nudge-${step.id}-${attempt}-${nudge.kind}-${nudge.number}-${userId}`,
        order: version + 0.6,
        place: "direct",
        to: userId,
        urgency: "direct",
        ...(state === "open" ? {} : { isOver: true }),
      },
      nudgeMessage({ asked, channel: upgrade.request.channel, nudge, mayVote, voters, state }, names),
    ),
  ];
}
