import type { EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import { checkMessages, dryRunEnded, planRefused } from "#src/slack/views/check-result.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import { latest } from "./latest.ts";
import type { Story } from "./story.ts";

/** The answers to a survey that made no plan which can be started. */
export function surveyPosts(story: Story, { event, version }: RecordedEvent): readonly DesiredPost[] {
  switch (event.type) {
    case "plan_refused":
      return refusedPosts(story, event, version);
    case "check_completed":
      return checkedPosts(story, event, version);
    default:
      return [];
  }
}

/** Told in the thread, and privately to who asked. */
function refusedPosts(
  { upgrade, events, plans }: Story,
  { refusals, keptPlan }: EventOf<"plan_refused">,
  version: number,
): readonly DesiredPost[] {
  const { by, to } = latest(events, "upgrade_requested", version) ?? upgrade.request;
  const kept = plans.findLast(({ plan }) => plan.digest === keptPlan)?.plan;
  const content = planRefused({ upgradeId: upgrade.id, to, refusals, kept });
  const inThread = post({ key: `refused-${version}`, order: version + 0.1 }, content);
  if (by.kind !== "slack") return [inThread];
  const key = `refused-private-${version}`;
  return [inThread, post({ key, order: version + 0.2, place: "channel", ephemeralTo: by.person.userId }, content)];
}

function checkedPosts(
  { upgrade }: Story,
  { from, findings, notes }: EventOf<"check_completed">,
  version: number,
): readonly DesiredPost[] {
  if (upgrade.status !== "closed") return [];
  const { environment, to, mode } = upgrade.request;
  if (mode === "dry_run" && upgrade.plan !== undefined)
    return [post({ key: `dry-run-${version}`, order: version + 0.1 }, dryRunEnded(upgrade.plan, upgrade.id))];
  const assessed = upgrade.facts?.assessment?.hops ?? [];
  const result = {
    upgradeId: upgrade.id,
    environment: environment.name,
    from,
    to,
    findings,
    notes,
    notChecked: assessed.find((hop) => hop.from === from && hop.to === to)?.notChecked ?? [],
    sources: upgrade.facts?.sources ?? [],
  };
  return checkMessages(result).map((content, index) =>
    post({ key: `check-${version}-${index + 1}`, order: version + index / 1_000 }, content),
  );
}
