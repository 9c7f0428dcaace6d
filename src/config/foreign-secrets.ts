import { allNodes } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import { AppError } from "#src/kernel/app-error.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Secrets of the Slack side: whoever holds one may speak for the bot, sign approvals, or read codes. */
const slackSide =
  /^(?:SLACK_(?:BOT_TOKEN|APP_TOKEN|USER_TOKEN|SIGNING_SECRET|CLIENT_SECRET)|KONG_UPGRADE_SIGNING_KEY_PEM|KONG_UPGRADE_STEP_UP_KEY_VALUE)$/u;
/** How Slack's tokens begin (docs.slack.dev, tokens). */
const slackToken = /^x(?:ox[a-z]|app)-/u;

/**
 * A runner must not even be started with a secret of the Slack side: what stands in a process's environment can be read by
 * every program of the same account for as long as it lives (/proc), so forgetting it afterwards would not help.
 * @throws AppError `config_invalid` that names the variables, never their values
 */
export function refuseSlackSecrets(variables: Variables): void {
  const found = Object.entries(variables)
    .filter(([name, value]) => value !== undefined && value !== "" && (slackSide.test(name) || slackToken.test(value)))
    .map(([name]) => name)
    .toSorted();
  if (found.length === 0) return;
  throw new AppError(
    "config_invalid",
    `a runner holds no secret of the Slack side, but ${found.join(", ")} ${found.length === 1 ? "is" : "are"} set where it starts; unset ${found.length === 1 ? "it" : "them"} there, or run both on one machine with \`serve --with-runner\``,
  );
}

/** Variables that are set here although only runners need them: the Slack side never reads a secret of Kong. */
export function kongSecretsIn(variables: Variables, environments: readonly Environment[]): readonly string[] {
  const names = environments.flatMap((environment) =>
    refsOf(environment).flatMap((ref) => ("env" in ref ? [ref.env] : [])),
  );
  return [...new Set(names)].filter((name) => (variables[name] ?? "") !== "").toSorted();
}

function refsOf(environment: Environment): readonly SecretRef[] {
  const databases = [environment.database, environment.green?.database].filter((one) => one !== undefined);
  return [
    ...databases.flatMap(({ password, admin }) => [password, admin.password]),
    ...allNodes(environment).flatMap(({ secrets }) => Object.values(secrets)),
    environment.adminApi?.token,
    environment.licence,
  ].filter((ref) => ref !== undefined);
}
