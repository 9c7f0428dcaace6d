import { countDifferences } from "#src/plan/compare-measurements.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { driftDigest, isLookFailureKnown } from "#src/upgrade/drift.ts";
import type { EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import { ownerOf } from "#src/upgrade/state.ts";
import type { Active } from "#src/upgrade/state.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import { driftPrompt } from "#src/slack/views/drift.ts";
import type { FreezePlace } from "#src/slack/views/freeze-prompt.ts";
import { requesterMention } from "#src/slack/views/names.ts";
import { unseenLine, unseenPrompt } from "#src/slack/views/unseen.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { Story } from "./story.ts";

/**
 * The prompts after a write during the freeze, and where nobody could look for one; dead as soon as somebody has
 * decided, or something newer was found.
 */
export function driftPosts(story: Story, recorded: RecordedEvent): readonly DesiredPost[] {
  const { event, version } = recorded;
  if (event.type === "drift_found") {
    const place = placeOf(story, event.beforeStep, story.said.isNewest(recorded) && isFound(story, event));
    return place === undefined
      ? []
      : promptOf(
          story,
          { key: `drift-${version}`, version, place },
          driftPrompt({ ...place, drift: event.drift, isOtherThanBackup: isOtherThanBackup(story, event) }),
        );
  }
  if (event.type !== "drift_look_failed") return [];
  if (!event.stops) return linesOf(story, event, version);
  const place = placeOf(story, event.beforeStep, story.said.isNewest(recorded) && isAsked(story, event));
  return place === undefined
    ? []
    : promptOf(story, { key: `unseen-${version}`, version, place }, unseenPrompt({ ...place, failure: event }));
}

interface Prompt {
  readonly key: string;
  readonly version: number;
  readonly place: FreezePlace;
}

function promptOf({ upgrade }: Story, { key, version, place }: Prompt, content: Content): readonly DesiredPost[] {
  const isOpen = place.choices.length > 0;
  const mentions = isOpen && !place.isHeld ? requesterMention(ownerOf(upgrade)) : [];
  const urgency = isOpen ? "failure" : "line";
  return [post({ key, order: version + 0.4, urgency, isPrompt: true, mentions }, content)];
}

/** The step that waits, with the choices that are real now. */
function placeOf({ upgrade, attempts }: Story, stepId: string, isOpen: boolean): FreezePlace | undefined {
  const found = attempts.lastOf(stepId);
  if (found === undefined) return undefined;
  const { track, step, attempt } = found;
  const active = isOpen && upgrade.status === "active" ? upgrade : undefined;
  return {
    upgradeId: upgrade.id,
    plan: track.plan,
    track,
    step,
    attempt,
    choices: active === undefined ? [] : choicesFor(active),
    isHeld: active?.flow.kind === "held",
  };
}

function isFound({ upgrade }: Story, { drift }: EventOf<"drift_found">): boolean {
  const waiting = upgrade.status === "active" ? upgrade.drift : undefined;
  return waiting !== undefined && driftDigest(waiting) === driftDigest(drift);
}

/** A drift without numbers may have changed them. */
function isOtherThanBackup({ upgrade }: Story, { drift }: EventOf<"drift_found">): boolean {
  if (upgrade.status !== "active") return false;
  const { counts } = upgrade.backedUp ?? upgrade.baseline;
  if (drift.counts === undefined || counts === undefined) return true;
  return countDifferences({ counts }, { counts: drift.counts }).length > 0;
}

function isAsked({ upgrade }: Story, { beforeStep, attempt }: EventOf<"drift_look_failed">): boolean {
  return upgrade.status === "active" && isStillAsked(upgrade) && isLookFailureKnown(upgrade, beforeStep, attempt);
}

function isStillAsked({ lookFailure }: Active): boolean {
  return lookFailure?.state === "asked";
}

/** The record names every step that went on unseen; the thread names the first of an outage. */
function linesOf(
  { attempts, said }: Story,
  failure: EventOf<"drift_look_failed">,
  version: number,
): readonly DesiredPost[] {
  const found = attempts.lastOf(failure.beforeStep);
  if (found === undefined || said.isRepeatedOutage(version)) return [];
  return [post({ key: `unseen-${version}`, order: version + 0.4 }, unseenLine({ ...found, failure }))];
}
