import { WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { errorMessage } from "#src/kernel/app-error.ts";

/** What an administrator does about an error of a look-up (docs.slack.dev, errors of users.info and usergroups.users.list). */
const remedies: Readonly<Record<string, string>> = {
  missing_scope: "install the app from manifest.yml again, so that its token has every scope",
  no_such_subteam: "the user group does not exist or is disabled: enable it in Slack, or correct the policy",
  plan_upgrade_required: "this Slack plan has no user groups: name people or a roster in the policy instead",
  user_not_found: "nobody has this id: correct the policy if it stands there",
  user_not_visible: "the bot may not see this account: it belongs to another workspace, or is gone",
  account_inactive: "the bot's account or token is switched off: install the app from manifest.yml again",
  invalid_auth: "the bot token is not valid any more: install the app from manifest.yml again",
  token_revoked: "the bot token was revoked: install the app from manifest.yml again",
  team_access_not_granted: "the app was not granted to this workspace: an administrator of the organisation adds it",
};

/** Why a look-up failed and what to do, in one sentence for the log and the record; nothing is tried twice. */
export function lookUpProblem(error: unknown): string {
  if (error instanceof WebAPIRateLimitedError)
    return `Slack takes no more look-ups for ${error.retryAfter} s; the person tries again after that`;
  const said = errorMessage(error);
  if (!(error instanceof WebAPIPlatformError)) return said;
  const code = error.data.error;
  const remedy = remedies[code] ?? "see Slack's documentation of this error";
  return `Slack answered ${code}: ${remedy}`;
}
