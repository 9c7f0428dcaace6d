import { AppError } from "#src/kernel/app-error.ts";

/** How the bot reaches Slack and how Slack reaches the bot. */
export interface SlackSettings {
  /** Slack's Web API; another address only in practice. */
  readonly apiUrl?: string | undefined;
  readonly botToken: string;
  readonly delivery:
    | { readonly kind: "socket"; readonly appToken: string }
    | { readonly kind: "http"; readonly signingSecret: string; readonly port: number };
  readonly isPractice: boolean;
}

const slackApiUrl = "https://slack.com/api/";

/** The address in use. @throws AppError `config_invalid` when address and tokens do not belong together. */
export function checkSettings({ apiUrl, botToken, delivery, isPractice }: SlackSettings): string {
  const address = withSlash(apiUrl ?? slackApiUrl);
  const isSlack = address === slackApiUrl;
  if (!isSlack && !isPractice) {
    throw new AppError(
      "config_invalid",
      `SLACK_API_URL is ${address}, which is not Slack; unset it, or set KONG_UPGRADE_PRACTICE=1 to rehearse in the practice workspace`,
    );
  }
  if (isPractice && isSlack) {
    throw new AppError(
      "config_invalid",
      "KONG_UPGRADE_PRACTICE=1 is set but SLACK_API_URL is not; set it to the address of the practice workspace, or unset the practice flag",
    );
  }
  const secrets = [
    ["SLACK_BOT_TOKEN", botToken, "xoxb-"],
    delivery.kind === "socket"
      ? ["SLACK_APP_TOKEN", delivery.appToken, "xapp-"]
      : ["SLACK_SIGNING_SECRET", delivery.signingSecret, ""],
  ] as const;
  for (const [name, value, prefix] of secrets) checkSecret({ name, value, prefix, isPractice });
  return address;
}

/** Whether Slack gave us this address to answer to; anything else could make the bot call inside its own network. */
export function isSlackAddress(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  if (origin === new URL(apiUrl).origin) return true;
  return (
    apiUrl === slackApiUrl && protocol === "https:" && (hostname === "slack.com" || hostname.endsWith(".slack.com"))
  );
}

interface Secret {
  readonly name: string;
  readonly value: string;
  readonly prefix: string;
  readonly isPractice: boolean;
}

/** Practice credentials carry the word "practice", so that nobody mistakes one kind for the other. */
function checkSecret({ name, value, prefix, isPractice }: Secret): void {
  if (value === "") throw new AppError("config_invalid", `${name} is empty; take it from the page of the Slack app`);
  const isPracticeSecret = value.startsWith(`${prefix}practice-`);
  if (isPractice && !isPracticeSecret) {
    throw new AppError(
      "config_invalid",
      `${name} looks like a real credential while KONG_UPGRADE_PRACTICE=1 is set; it would be sent to the practice workspace: use the practice credentials`,
    );
  }
  if (!isPractice && isPracticeSecret) {
    throw new AppError(
      "config_invalid",
      `${name} is a practice credential; take the real one from the page of the Slack app`,
    );
  }
  if (!value.startsWith(prefix)) {
    throw new AppError(
      "config_invalid",
      `${name} does not begin with ${prefix}; take it from the page of the Slack app`,
    );
  }
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
