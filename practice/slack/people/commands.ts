import { SlackError } from "#practice/slack/api/call.ts";
import type { Context } from "#practice/slack/context.ts";
import { showAnswer } from "#practice/slack/delivery/respond.ts";
import { isObject } from "#practice/slack/json.ts";
import { APP, CREDENTIALS, TEAM } from "#practice/slack/workspace.ts";
import { post } from "#practice/slack/world/post.ts";
import type { Channel } from "#practice/slack/world/records.ts";
import { actingPerson, isExternal, joinedChannel } from "./refusals.ts";
import { type Report, notSent, reportOf } from "./report.ts";
import { escapeCommandText } from "./typed-text.ts";

/** A person sends a slash command from the composer. */
export async function runCommand(
  ctx: Context,
  deed: { readonly user: string; readonly channel: string; readonly text: string },
): Promise<Report> {
  const person = actingPerson(ctx, deed.user);
  const channel = joinedChannel(ctx, person, deed.channel);
  const line = deed.text.trim();
  const [word, rest] = line.startsWith("/") ? split(line) : [ctx.manifest.commands[0]?.command ?? "", line];
  const command = ctx.manifest.commands.find((it) => it.command === word);
  if (command === undefined || isExternal(person)) {
    return notSent(
      "invalid_command",
      `${word} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
    );
  }
  if (channel.is_archived) return notSent("is_archived", "This channel is archived.");
  const target = { user: person.id, channel: channel.id };
  const outcome = await ctx.delivery.deliver({
    kind: "slash_commands",
    acceptsResponse: true,
    retry: 0,
    payload: {
      token: CREDENTIALS.verification_token,
      team_id: TEAM.id,
      team_domain: TEAM.domain,
      channel_id: channel.id,
      channel_name: channel.kind === "im" ? "directmessage" : channel.name,
      user_id: person.id,
      user_name: person.name,
      command: command.command,
      text: command.should_escape ? escapeCommandText(ctx.world, rest) : rest,
      api_app_id: APP.id,
      is_enterprise_install: "false",
      response_url: ctx.address() + ctx.responseUrls.make("commands", TEAM.id, target),
      trigger_id: ctx.triggers.make(person.id),
    },
  });
  const report = reportOf(outcome, {
    late: `${word} failed because the app did not respond. Please try again or contact the app developer.`,
    unreachable: `${word} failed with the error "dispatch_failed"`,
  });
  return report.answer === null
    ? report
    : showCommandAnswer(ctx, { person: person.id, channel, line: `${word} ${rest}`.trim() }, report);
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
