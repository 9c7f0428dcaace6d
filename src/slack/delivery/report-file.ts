import { buildReport } from "#src/report/build-report.ts";
import { markdownReport } from "#src/report/markdown-report.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { EventOf, EventType, RecordedEvent } from "#src/upgrade/events.ts";
import { plainText } from "#src/slack/views/text.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import { latest } from "./latest.ts";
import type { Story } from "./story.ts";

/** The full report of everything that was known, beside the answer to a request; none where no hazard was judged. */
export function reportPosts({ events }: Story, { event, upgradeId, version }: RecordedEvent): readonly DesiredPost[] {
  if (!endsSurvey.has(event.type)) return [];
  const request = latest(events, "upgrade_requested", version);
  if (request === undefined || !isAnswer(event.type, request.mode)) return [];
  if (factsAt(events, version)?.assessment === undefined) return [];
  const name = `${upgradeId}-report-${version}.md`;
  const title = `Report of ${upgradeId}: ${plainText(request.environment.name, 60)} to ${plainText(request.to, 40)}`;
  const text = `📎 ${name}: every finding with its evidence, what was not looked at, and what was read, with its sources.`;
  return [
    post({ key: `report-${version}`, order: version + 0.4, file: { name, title, version } }, { text, blocks: [] }),
  ];
}

const endsSurvey: ReadonlySet<EventType> = new Set(["plan_made", "plan_refused", "check_completed"]);

/** A dry run is answered by its plan; the check that closes it adds nothing. */
function isAnswer(type: EventType, mode: EventOf<"upgrade_requested">["mode"]): boolean {
  return type === "plan_made" || type === "plan_refused" || (type === "check_completed" && mode === "check");
}

/**
 * The report as Markdown, from the request and the survey that an event answered.
 * @throws Error when the record holds neither before that event; it is asked only for those of `reportPosts`.
 */
export function reportText(events: readonly RecordedEvent[], version: number, toolVersion: string): string {
  const request = latest(events, "upgrade_requested", version);
  const facts = factsAt(events, version);
  const upgradeId = events[0]?.upgradeId;
  if (request === undefined || facts === undefined || upgradeId === undefined)
    throw new Error(`event ${version} answers no survey`);
  const { environment, to, strategy, options } = request;
  const subject = environment.name;
  return markdownReport(buildReport({ subject, upgradeId, environment, facts, to, strategy, options, toolVersion }));
}

/** What the last survey before an event read. */
function factsAt(events: readonly RecordedEvent[], version: number): Facts | undefined {
  return latest(events, "survey_reported", version)?.facts;
}
