import type { JsonObject } from "#practice/slack/json.ts";
import { apiTest, authTest, blocksValidate, botsInfo, connectionsOpen, setStatus, teamInfo } from "./app.ts";
import type { Call } from "./call.ts";
import { getPermalink, postEphemeral, postMessage, remove, update } from "./chat.ts";
import { history, info, join, list, members, open as openConversation, own, replies } from "./conversations.ts";
import { completeUpload, filesInfo, getUploadUrl } from "./files.ts";
import { addPin, addReaction, removePin, removeReaction } from "./marks.ts";
import { lookupByEmail, usergroupsList, usergroupsUsersList, usersInfo, usersList } from "./people.ts";
import { open, publish, push, updateView } from "./views.ts";

/** A method of the Web API: who may call it, how often per minute, and what it does. */
export type Method = {
  readonly token: "bot" | "app" | "none";
  /** One of these is enough; empty when the method needs none. */
  readonly scopes: readonly string[];
  /** Calls per minute and workspace (docs.slack.dev, rate limits; special numbers from the Java SDK's tier table). */
  readonly perMinute: number;
  readonly run: (call: Call) => JsonObject | Promise<JsonObject>;
};

const TIER_2 = 20;
const TIER_3 = 50;
const TIER_4 = 100;
const READ = ["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY = ["channels:history", "groups:history", "im:history", "mpim:history"];
const IM_WRITE = ["im:write", "channels:manage", "groups:write", "mpim:write"];

function bot(scopes: readonly string[], perMinute: number, run: Method["run"]): Method {
  return { token: "bot", scopes, perMinute, run };
}

/** The methods of this workspace, with scopes and tiers of Slack's method reference (August 2026). */
export const METHODS: ReadonlyMap<string, Method> = new Map([
  ["api.test", { token: "none", scopes: [], perMinute: TIER_4, run: apiTest }],
  ["blocks.validate", { token: "none", scopes: [], perMinute: TIER_4, run: blocksValidate }],
  ["apps.connections.open", { token: "app", scopes: ["connections:write"], perMinute: TIER_3, run: connectionsOpen }],
  ["auth.test", bot([], 600, authTest)],
  ["team.info", bot(["team:read"], TIER_3, teamInfo)],
  ["bots.info", bot(["users:read"], TIER_3, botsInfo)],
  ["chat.postMessage", bot(["chat:write"], 300, postMessage)],
  ["chat.postEphemeral", bot(["chat:write"], TIER_4, postEphemeral)],
  ["chat.update", bot(["chat:write"], TIER_3, update)],
  ["chat.delete", bot(["chat:write"], TIER_3, remove)],
  ["chat.getPermalink", bot([], 600, getPermalink)],
  ["assistant.threads.setStatus", bot(["chat:write", "assistant:write"], 60, setStatus)],
  ["views.open", bot([], TIER_4, open)],
  ["views.push", bot([], TIER_4, push)],
  ["views.update", bot([], TIER_4, updateView)],
  ["views.publish", bot([], TIER_4, publish)],
  ["users.info", bot(["users:read"], TIER_4, usersInfo)],
  ["users.list", bot(["users:read"], TIER_2, usersList)],
  ["users.conversations", bot(READ, TIER_2, own)],
  ["users.lookupByEmail", bot(["users:read.email"], TIER_3, lookupByEmail)],
  ["usergroups.list", bot(["usergroups:read"], TIER_2, usergroupsList)],
  ["usergroups.users.list", bot(["usergroups:read"], TIER_2, usergroupsUsersList)],
  ["conversations.info", bot(READ, TIER_3, info)],
  ["conversations.members", bot(READ, TIER_4, members)],
  ["conversations.list", bot(READ, TIER_2, list)],
  ["conversations.open", bot(IM_WRITE, TIER_3, openConversation)],
  ["conversations.join", bot(["channels:join"], TIER_3, join)],
  ["conversations.history", bot(HISTORY, TIER_3, history)],
  ["conversations.replies", bot(HISTORY, TIER_3, replies)],
  ["files.getUploadURLExternal", bot(["files:write"], TIER_4, getUploadUrl)],
  ["files.completeUploadExternal", bot(["files:write"], TIER_4, completeUpload)],
  ["files.info", bot(["files:read"], TIER_4, filesInfo)],
  ["reactions.add", bot(["reactions:write"], TIER_3, addReaction)],
  ["reactions.remove", bot(["reactions:write"], TIER_2, removeReaction)],
  ["pins.add", bot(["pins:write"], TIER_2, addPin)],
  ["pins.remove", bot(["pins:write"], TIER_2, removePin)],
]);
