import { validateMessage, validateView } from "#src/slack/block-kit/validate.ts";
import { type JsonObject, isObject } from "#practice/slack/json.ts";
import { APP, TEAM } from "#practice/slack/workspace.ts";
import { type Call, SlackError, channelArg, invalidArguments, jsonArg, requiredArg, textArg } from "./call.ts";

/** auth.test: who the token is. Slack's answer to an org-wide token is not verified; this one keeps the workspace's id. */
export function authTest(call: Call): JsonObject {
  const { enterprise } = call.ctx.world;
  return {
    url: `${call.ctx.address()}/`,
    team: TEAM.name,
    user: APP.name,
    team_id: TEAM.id,
    user_id: APP.bot_user_id,
    bot_id: APP.bot_id,
    ...(enterprise === undefined ? {} : { enterprise_id: enterprise.id }),
    is_enterprise_install: enterprise?.is_org_wide === true,
  };
}

/** apps.connections.open: a one-time link for Socket Mode. */
export function connectionsOpen(call: Call): JsonObject {
  if (call.ctx.delivery.mode === "http") throw new SlackError("forbidden_team");
  return { url: call.ctx.delivery.openLink() };
}

/** api.test: gives back what it got. */
export function apiTest(call: Call): JsonObject {
  const error = textArg(call, "error");
  if (error !== undefined && error !== "") throw new SlackError(error, { args: call.args });
  return { args: call.args };
}

/** team.info. */
export function teamInfo(): JsonObject {
  return { team: { ...TEAM, url: "https://acme.invalid/", email_domain: "acme.example", icon: {} } };
}

/** bots.info: knows the own bot only. */
export function botsInfo(call: Call): JsonObject {
  if ((textArg(call, "bot") ?? APP.bot_id) !== APP.bot_id) throw new SlackError("bot_not_found");
  const { bot_id: id, bot_user_id: user, id: app, name } = APP;
  return { bot: { id, deleted: false, name, updated: 1_700_000_000, app_id: app, user_id: user, icons: {} } };
}

/** assistant.threads.setStatus: a hint that the app is at work; the page does not show it. */
export function setStatus(call: Call): JsonObject {
  const channel = channelArg(call, "channel_id");
  const parent = call.ctx.world.findMessage(channel.id, requiredArg(call, "thread_ts"));
  if (parent === undefined) throw new SlackError("invalid_thread_ts");
  return {};
}

/** blocks.validate: the answer of the one validator, in Slack's form; needs no token. */
export function blocksValidate(call: Call): JsonObject {
  const blocks = jsonArg(call, "blocks", "invalid_arguments");
  const view = jsonArg(call, "view", "invalid_arguments");
  const message = jsonArg(call, "message", "invalid_arguments");
  const given = [blocks, view, message].filter((it) => it !== undefined);
  if (given.length !== 1) throw invalidArguments(["[ERROR] exactly one of blocks, view and message must be given"]);
  const verdict = judge({ blocks, view, message });
  if (verdict.problems.length === 0) return {};
  const errors = verdict.problems.map((it) => ({
    code: it.code === "missing_field" ? "missing_field" : "failed_constraint",
    message: it.message,
    pointer: it.pointer,
  }));
  throw new SlackError(verdict.error, { errors });
}

function judge(given: JsonObject): { readonly error: string; readonly problems: ReturnType<typeof validateView> } {
  if (given["view"] !== undefined) return { error: "invalid_view", problems: validateView(given["view"]) };
  const message = given["message"];
  if (message !== undefined) {
    return { error: "invalid_message", problems: validateMessage(isObject(message) ? message : { blocks: message }) };
  }
  const problems = validateMessage({ blocks: given["blocks"] });
  return {
    error: "invalid_blocks",
    problems: problems.map(({ code, message: said, pointer }) => ({
      code,
      message: said,
      pointer: pointer.replace("/blocks", ""),
    })),
  };
}
