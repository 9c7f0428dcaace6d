import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { SoakReport } from "#src/upgrade/step-report.ts";
import { soakChart } from "#src/slack/chart/soak-chart.ts";
import { escapeText, plainText } from "#src/slack/views/text.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";

/** Slack: alternative texts of files take 1,000 characters. */
const longestAlt = 900;

/** The curves of a soak as a picture, with the same in words; none where no source tells figures. */
export function soakPosts(recorded: RecordedEvent): readonly DesiredPost[] {
  const soak = drawnSoak(recorded);
  if (soak === undefined) return [];
  const { upgradeId, version } = recorded;
  const name = `${upgradeId}-soak-${version}.png`;
  const verdict = { pass: "passed", fail: "failed", inconclusive: "inconclusive" }[soak.verdict];
  const title = `${upgradeId}: watching ${verdict}`;
  const altText = plainText(
    `Three curves, the baseline on the left and the new version on the right, limits as broken red lines. From top to bottom: share of failed requests, p99, requests per second. ${verdict}: ${soak.sentence}`,
    longestAlt,
  );
  const text = `📈 Failed requests, p99 and requests per second, from top to bottom: grey before, blue now, red the limit. ${verdict}: ${escapeText(soak.sentence, 1_000)}`;
  const file = { name, title, version, altText };
  return [post({ key: `soak-${version}`, order: version + 0.45, file }, { text, blocks: [] })];
}

/** The picture of one event; undefined for an event without curves. */
export function soakPicture(events: readonly RecordedEvent[], version: number): Uint8Array | undefined {
  const recorded = events.find((event) => event.version === version);
  const soak = recorded === undefined ? undefined : drawnSoak(recorded);
  return soak === undefined ? undefined : soakChart(soak);
}

function drawnSoak({ event }: RecordedEvent): SoakReport | undefined {
  if (event.type !== "step_finished") return undefined;
  const { soak } = event.report;
  const told = soak?.during.points.filter(({ errorRate, p99Ms, requestRate }) =>
    [errorRate, p99Ms, requestRate].some((figure) => figure !== undefined),
  );
  return (told?.length ?? 0) > 1 ? soak : undefined;
}
