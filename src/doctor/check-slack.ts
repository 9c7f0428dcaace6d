import { z } from "zod";
import type { Settings } from "#src/config/settings.ts";
import type { Environment } from "#src/plan/environment.ts";
import { groupsOf } from "#src/slack/people.ts";
import { botScopes } from "#src/slack/scopes.ts";
import { checkSettings } from "#src/slack/settings.ts";
import { askSlack } from "./ask-slack.ts";
import type { SlackAccess, SlackAnswer } from "./ask-slack.ts";
import { clockFinding } from "./check-database.ts";
import type { Examination } from "./examine.ts";
import { failed, notChecked, ok, warning } from "./finding.ts";
import type { About, Finding } from "./finding.ts";

/** Slack takes 20 look-ups of groups a minute (usergroups.users.list, tier 2). */
const maxGroups = 15;
const about = (subject: string) => ({ area: "slack", subject }) as const;
const network = "check network and proxy to Slack";
const reinstall = "install the app from manifest.yml again and copy its new bot token";

/** Everything that the bot needs of Slack, each as a look of its own. Nothing is posted. */
export function slackExaminations(
  settings: Settings,
  environments: readonly Environment[],
  now: () => number,
): readonly Examination[] {
  const { botToken, appToken, signingSecret } = settings.slack;
  if (botToken === undefined) return [];
  const delivery =
    appToken === undefined
      ? ({ kind: "http", signingSecret: signingSecret ?? "", port: settings.port ?? 0 } as const)
      : ({ kind: "socket", appToken } as const);
  const apiUrl = (): string =>
    checkSettings({ apiUrl: settings.slack.apiUrl, botToken, delivery, isPractice: settings.isPractice });
  const access = (): SlackAccess => ({ apiUrl: apiUrl(), token: botToken });
  const channels = Map.groupBy(environments, ({ channel }) => channel);
  const groups = [...new Set(environments.flatMap(groupsOf))].filter((group) => group.startsWith("S"));
  return [
    {
      ...about("bot token"),
      fix: network,
      look: async () => checkToken(await askSlack(access(), "auth.test"), now()),
    },
    {
      ...about("delivery"),
      fix: network,
      look: async () => [await checkDelivery(apiUrl(), settings)],
    },
    ...[...channels].map(([channel, of]) => ({
      area: "slack" as const,
      subject: `channel ${channel}`,
      fix: network,
      look: async () => [await checkChannel(access(), channel, of)],
    })),
    ...groups.slice(0, maxGroups).map((group) => ({
      area: "slack" as const,
      subject: `user group ${group}`,
      fix: network,
      look: async () => [await checkGroup(access(), group)],
    })),
    ...(groups.length > maxGroups ? [tooManyGroups(groups.length)] : []),
  ];
}

const identitySchema = z.object({ team: z.string(), user: z.string() });

/** What Slack did not want to answer now tells nothing about what was asked. */
function refusedBySlack(subject: About, error: string, seen: string, fix: string): Finding {
  return error === "ratelimited" || error === "HTTP 429"
    ? notChecked(
        subject,
        "Slack takes no more of these questions for now; the bot asks some of them, too",
        "run doctor again in a minute",
      )
    : failed(subject, seen, fix);
}

function checkToken(answer: SlackAnswer, nowMs: number): readonly Finding[] {
  const { body, error, scopes, atMs } = answer;
  const clock = atMs === undefined ? [] : [clockFinding("this host and Slack", nowMs - (atMs + 500))];
  if (error !== undefined)
    return [refusedBySlack(about("bot token"), error, `Slack refuses it: ${error}`, reinstall), ...clock];
  const who = identitySchema.safeParse(body).data;
  const lacks = scopes === undefined ? [] : botScopes.filter((scope) => !scopes.includes(scope));
  return [
    ok(about("bot token"), `${who?.user ?? "?"} in ${who?.team ?? "?"}`),
    scopes === undefined
      ? notChecked(
          about("scopes"),
          "Slack does not tell the token's scopes",
          "compare them with manifest.yml on the page of the app",
        )
      : lacks.length > 0
        ? failed(about("scopes"), `missing: ${lacks.join(", ")}`, reinstall)
        : ok(about("scopes"), `all ${botScopes.length} of manifest.yml`),
    ...clock,
  ];
}

async function checkDelivery(apiUrl: string, { slack, port }: Settings): Promise<Finding> {
  if (slack.appToken === undefined) {
    const subject = about("signing secret");
    return slack.signingSecret === undefined
      ? failed(
          subject,
          "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set",
          "set one of them, so that Slack can reach the bot",
        )
      : ok(subject, `Slack's requests come over HTTP to port ${port ?? 3_000}, /slack/events`);
  }
  const subject = about("app token");
  const { error } = await askSlack({ apiUrl, token: slack.appToken }, "apps.connections.open");
  return error === undefined
    ? ok(subject, "Socket Mode opens")
    : refusedBySlack(
        subject,
        error,
        `Slack refuses it: ${error}`,
        "make one with the scope connections:write on the page of the Slack app, and switch Socket Mode on",
      );
}

const channelSchema = z.object({
  channel: z.object({
    name: z.string().optional(),
    is_member: z.boolean().optional(),
    is_archived: z.boolean().optional(),
    is_ext_shared: z.boolean().optional(),
  }),
});

async function checkChannel(access: SlackAccess, channel: string, of: readonly Environment[]): Promise<Finding> {
  const subject = about(`channel ${channel}`);
  const names = of.map(({ name }) => name).join(", ");
  const invite = `invite the bot into the channel of ${names} (/invite), or correct channel: in kong-upgrade.yml`;
  const { body, error } = await askSlack(access, "conversations.info", { channel });
  if (error !== undefined) return refusedBySlack(subject, error, `Slack says ${error}`, fixOf(error, invite));
  const parsed = channelSchema.safeParse(body).data?.channel;
  const shown = `#${parsed?.name ?? "?"} of ${names}`;
  if (parsed?.is_archived === true)
    return failed(subject, `${shown} is archived`, "unarchive it, or name another channel");
  if (parsed?.is_member !== true) return failed(subject, `the bot is not in ${shown}`, invite);
  return parsed.is_ext_shared === true
    ? warning(
        subject,
        `${shown} is shared with another organisation, so nobody can vote there`,
        "use a channel of this workspace alone",
      )
    : ok(subject, `the bot is in ${shown}`);
}

/** What Slack answers to every call alike (docs.slack.dev, errors of Web API methods): the place is not what is wrong. */
const ofToken: ReadonlySet<string> = new Set([
  "invalid_auth",
  "not_authed",
  "token_revoked",
  "token_expired",
  "account_inactive",
  "missing_scope",
  "no_permission",
]);

function fixOf(error: string, fix: string): string {
  return ofToken.has(error) ? `put the bot token and its scopes right first: ${reinstall}` : fix;
}

const membersSchema = z.object({ users: z.array(z.string()) });

async function checkGroup(access: SlackAccess, group: string): Promise<Finding> {
  const subject = about(`user group ${group}`);
  const fix =
    "correct the group in kong-upgrade.yml, or enable it in Slack where it was disabled, and see that the app has the scope usergroups:read";
  const { body, error } = await askSlack(access, "usergroups.users.list", { usergroup: group });
  if (error !== undefined)
    return refusedBySlack(subject, error, `Slack says ${error}, so it holds nobody`, fixOf(error, fix));
  const count = membersSchema.safeParse(body).data?.users.length ?? 0;
  return count === 0 ? warning(subject, "has no members", "add people in Slack") : ok(subject, `${count} members`);
}

function tooManyGroups(count: number): Examination {
  const rest = notChecked(
    about("user groups"),
    `${count - maxGroups} more were not read, because Slack takes few such questions a minute`,
    "look at one environment's groups with a configuration of its own",
  );
  return { ...about("user groups"), fix: "", look: async () => [rest] };
}
