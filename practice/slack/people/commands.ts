import { SlackError } from "#practice/slack/api/call.ts";
import type { Context } from "#practice/slack/context.ts";
import { showAnswer } from "#practice/slack/delivery/respond.ts";
import { type JsonObject, isObject } from "#practice/slack/json.ts";
import { APP, CREDENTIALS, TEAM } from "#practice/slack/workspace.ts";
import { post } from "#practice/slack/world/post.ts";
import type { Channel } from "#practice/slack/world/records.ts";
import { isExternal } from "#practice/slack/world/people-on-wire.ts";
import { actingPerson, joinedChannel } from "./refusals.ts";
import { TURNED_OFF } from "./conversation.ts";
import { type Report, notSent, reportOf } from "./report.ts";
import { escapeCommandText } from "./typed-text.ts";

/** A slash command as typed: the whole line, or without the word if it does not start with `/`. */
export type CommandDeed = { readonly user: string; readonly channel: string; readonly text: string };

/** A person sends a slash command from the composer. */
export async function runCommand(ctx: Context, deed: CommandDeed): Promise<Report> {
  const { person, channel, word, rest, command } = typed(ctx, deed);
  if (command === undefined || isExternal(person)) {
    return notSent(
      "invalid_command",
      `${word} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
    );
  }
  if (channel.is_archived) return notSent("is_archived", "This channel is archived.");
  if (channel.kind === "im" && !ctx.manifest.takesDirectMessages) return notSent("restricted_action", TURNED_OFF);
  const payload = commandPayload(ctx, deed);
  const outcome = await ctx.delivery.deliver({ kind: "slash_commands", acceptsResponse: true, retry: 0, payload });
  const report = reportOf(outcome, {
    late: `${word} failed because the app did not respond. Please try again or contact the app developer.`,
    unreachable: `${word} failed with the error "dispatch_failed"`,
  });
  return report.answer === null
    ? report
    : showCommandAnswer(ctx, { person: person.id, channel, line: `${word} ${rest}`.trim() }, report);
}

/** The payload of a slash command; throws HumanError when this person can not type in that channel. */
export function commandPayload(ctx: Context, deed: CommandDeed): JsonObject {
  const { person, channel, word, rest, command } = typed(ctx, deed);
  const { enterprise } = ctx.world;
  return {
    token: CREDENTIALS.verification_token,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    ...(enterprise === undefined ? {} : { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
    channel_id: channel.id,
    channel_name: channel.kind === "im" ? "directmessage" : channel.name,
    user_id: person.id,
    user_name: person.name,
    command: word,
    text: command?.should_escape === true ? escapeCommandText(ctx.world, rest) : rest,
    api_app_id: APP.id,
    is_enterprise_install: String(enterprise?.is_org_wide === true),
    response_url: ctx.address() + ctx.responseUrls.make("commands", TEAM.id, { user: person.id, channel: channel.id }),
    trigger_id: ctx.triggers.make(person.id),
  };
}

function typed(ctx: Context, deed: CommandDeed) {
  const person = actingPerson(ctx, deed.user);
  const channel = joinedChannel(ctx, person, deed.channel);
  const line = deed.text.trim();
  const [word, rest] = line.startsWith("/") ? split(line) : [ctx.manifest.commands[0]?.command ?? "", line];
  return { person, channel, word, rest, command: ctx.manifest.commands.find((it) => it.command === word) };
}

function showCommandAnswer(
  ctx: Context,
  from: { readonly person: string; readonly channel: Channel; readonly line: string },
  report: Report,
): Report {
  const answer = typeof report.answer === "string" ? { text: report.answer } : report.answer;
  if (!isObject(answer)) return report;
  try {
    if (answer["response_type"] === "in_channel")
      post(ctx, { channel: from.channel.id, user: from.person, text: from.line });
    showAnswer(ctx, { user: from.person, channel: from.channel.id }, answer);
    return report;
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return {
      ...report,
      error: error.code,
      shown: `${from.line.split(" ")[0] ?? ""} failed with the error "${error.code}"`,
    };
  }
}

function split(line: string): readonly [string, string] {
  const match = /^(?<word>\S+)\s*(?<rest>[\s\S]*)$/u.exec(line);
  return [match?.groups?.["word"] ?? line, match?.groups?.["rest"] ?? ""];
}
