import { epochMsOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";

/** ANSI colours, control characters but tab and newline, bidirectional marks, zero-width and tag characters. */
const invisible =
  // oxlint-disable-next-line no-control-regex -- these are exactly what must not reach Slack
  /\u001B\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]/gu;

/**
 * The one gate for text from outside (people, Kong, configuration): no markup, no mention, no link, nothing invisible,
 * and never longer than asked. Slack parses `<…>` and entities in mrkdwn (docs.slack.dev, formatting message text). On
 * one line: what somebody writes must not begin a line as if it were ours, such as the vote of somebody else.
 */
export function escapeText(text: string, maxLength = 300): string {
  return escapeLines(visible(text).replaceAll(/\s+/gu, " "), maxLength);
}

/** The same with its line breaks: for what a plan tells people to do, and where every line is marked as somebody's. */
export function escapeLines(text: string, maxLength: number): string {
  return escapeMarkup(withoutImitation(cutText(visible(text), maxLength)));
}

/** What somebody writes over several lines: each of them in Slack's quotation, below whose it is. */
export function quoted(text: string, maxLength: number): string {
  const lines = escapeLines(text.trim(), maxLength).split("\n");
  const [only = "", ...more] = lines;
  return more.length === 0 ? ` ${only}` : lines.map((line) => `\n>${line}`).join("");
}

/** Foreign text for `plain_text` objects, which parse nothing but are cut by Slack. */
export function plainText(text: string, maxLength = 150): string {
  return cutText(withoutImitation(visible(text).replaceAll(/\s+/gu, " ")), maxLength, "…");
}

/** Foreign text on one line in code style; back-ticks could end the style, so they are replaced. */
export function inlineCode(text: string, maxLength = 300): string {
  const safe = visible(text).replaceAll(/\s+/gu, " ").replaceAll("`", "ˋ").trim();
  return `\`${escapeMarkup(cutText(safe === "" ? " " : safe, maxLength))}\``;
}

/** Foreign lines in a code fence; the newest lines are kept, what was left out is said. */
export function codeFence(lines: readonly string[], maxLength = 1_500): string {
  const kept: string[] = [];
  let used = 0;
  for (const line of lines.toReversed()) {
    const safe = escapeMarkup(cutText(visible(line).replaceAll("`", "ˋ").replaceAll("\n", " "), 400));
    if (used + safe.length + 1 > maxLength) break;
    kept.unshift(safe);
    used += safe.length + 1;
  }
  const left = lines.length - kept.length;
  const body = [...(left > 0 ? [`…${left} more lines before`] : []), ...kept];
  return `\`\`\`${body.length === 0 ? "(no output)" : body.join("\n")}\`\`\``;
}

/** A moment in the reader's own time zone, with a fallback in UTC (docs.slack.dev, date formatting). */
export function dateToken(instant: Instant): string {
  const seconds = Math.floor(epochMsOf(instant) / 1_000);
  return `<!date^${seconds}^{date_short_pretty} {time}|${utc(instant)}>`;
}

/** With seconds, for what changes while people watch. */
export function secondsToken(instant: Instant): string {
  const seconds = Math.floor(epochMsOf(instant) / 1_000);
  return `<!date^${seconds}^{date_short_pretty} {time_secs}|${utc(instant)}>`;
}

/** Foreign text in which moments (as records and plans write them) are shown in the reader's own time zone. */
export function escapeWithDates(text: string, maxLength = 300): string {
  return escapeText(text, maxLength).replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/gu, (instant) =>
    Number.isNaN(Date.parse(instant)) ? instant : dateToken(instant),
  );
}

/** `2026-11-20 14:05 UTC`, for text that a screen reader or a terminal reads. */
export function utc(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** Notifies one person; only for people who must act now. */
export function mentionPerson(userId: string): string {
  return `<@${userId}>`;
}

/** Notifies a whole user group; only on the first request. */
export function mentionGroup(groupId: string): string {
  return `<!subteam^${groupId}>`;
}

/** Cuts to a number of characters and says how many are missing. */
export function cutText(text: string, maxLength: number, mark?: string): string {
  if (text.length <= maxLength) return text;
  const room = Math.max(1, maxLength - (mark ?? `…${text.length} more`).length);
  const head = text.slice(0, room).replace(/[\uD800-\uDBFF]$/u, "");
  return `${head}${mark ?? `…${text.length - head.length} more`}`;
}

/** Cuts ready mrkdwn without leaving half an entity, half a token or an open fence behind. */
export function cutMarkup(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = text.slice(0, maxLength - 20).replace(/(?:&[a-z]{0,4}|<[^<>]*|[\uD800-\uDBFF])$/u, "");
  const isFenceOpen = (head.split("```").length - 1) % 2 === 1;
  return `${head}${isFenceOpen ? "```" : ""} …${text.length - head.length} more`;
}

/**
 * Emoji names would draw a tick or a lock of ours, so their first colon becomes another sign; times and ports stay as they
 * are. Back-ticks that do not come in pairs would take our own text behind them into their code style.
 */
function withoutImitation(text: string): string {
  const isPaired = (text.split("`").length - 1) % 2 === 0;
  return (isPaired ? text : text.replaceAll("`", "ˋ")).replaceAll(
    /:(?=(?:[\w+'-]*[a-z][\w+'-]*|[+-]1|100|1234):)/giu,
    "∶",
  );
}

function visible(text: string): string {
  return text.replaceAll(/\r\n?|\u2028|\u2029/gu, "\n").replaceAll(invisible, "");
}

function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
