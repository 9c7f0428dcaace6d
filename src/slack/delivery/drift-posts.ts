import { choicesFor } from "#src/upgrade/choices.ts";
import { driftDigest } from "#src/upgrade/drift.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { ownerOf } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { driftPrompt } from "#src/slack/views/drift.ts";
import { requesterMention } from "#src/slack/views/names.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { Story } from "./story.ts";

/** The prompt after a write during the freeze; dead as soon as somebody has decided, or another write was found. */
export function driftPosts({ upgrade, events, attempts }: Story, recorded: RecordedEvent): readonly DesiredPost[] {
  const { event, version } = recorded;
  if (event.type !== "drift_found") return [];
  const attempt = attempts.findLast(({ step }) => step.id === event.beforeStep);
  if (attempt === undefined) return [];
  const isNewest = !events.some((later) => later.version > version && later.event.type === "drift_found");
  const isOpen = isNewest && waitsFor(upgrade, event.drift);
  const choices = isOpen && upgrade.status === "active" ? choicesFor(upgrade) : [];
  const isHeld = isOpen && upgrade.status === "active" && upgrade.flow.kind === "held";
  const { track, step, attempt: number } = attempt;
  const content = driftPrompt({
    upgradeId: upgrade.id,
    plan: track.plan,
    track,
    step,
    attempt: number,
    drift: event.drift,
    choices,
    isHeld,
  });
  const mentions = choices.length > 0 && !isHeld ? requesterMention(ownerOf(upgrade)) : [];
  const urgency = choices.length > 0 ? "failure" : "line";
  return [post({ key: `drift-${version}`, order: version + 0.4, urgency, isPrompt: true, mentions }, content)];
}

function waitsFor(upgrade: Upgrade, drift: Parameters<typeof driftDigest>[0]): boolean {
  return (
    upgrade.status === "active" && upgrade.drift !== undefined && driftDigest(upgrade.drift) === driftDigest(drift)
  );
}
