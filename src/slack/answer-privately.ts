import type { WebClient } from "@slack/web-api";
import { errorMessage } from "#src/kernel/app-error.ts";
import { fetchOverHttp } from "./fetch-over-http.ts";
import type { Log } from "./log.ts";
import { isSlackAddress } from "./settings.ts";
import type { Content } from "./views/blocks.ts";
import { cutMarkup } from "./views/text.ts";
import { validateMessage } from "./block-kit/validate.ts";

/** Where somebody can be told something that only they see. */
export interface Whisper {
  readonly userId: string;
  readonly channel?: string | undefined;
  readonly threadTs?: string | undefined;
  readonly responseUrl?: string | undefined;
  /** Asked from a view such as the App Home: nobody looks at a channel there. */
  readonly isInView?: boolean;
}

export interface WhisperPorts {
  readonly client: WebClient;
  readonly apiUrl: string;
  readonly log: Log;
}

/** Longest wait for Slack to take a private answer. */
const timeoutMs = 5_000;
/** Slack allows 50 blocks in a message. */
const maxBlocks = 48;

/**
 * Tells one person something: by the response_url, else as an ephemeral message, else as a direct message.
 * Never throws, because the deed itself is already done; what did not arrive is logged.
 */
export async function answerPrivately(to: Whisper, content: Content, ports: WhisperPorts): Promise<void> {
  const message = privateMessage(content);
  const ways = [
    () => byResponseUrl(to, message, ports),
    () => asEphemeral(to, message, ports),
    () => directly(to, message, ports),
  ];
  const problems: string[] = [];
  for (const way of ways) {
    try {
      if (await way()) return;
    } catch (error) {
      problems.push(errorMessage(error));
    }
  }
  ports.log.warn({ user: to.userId, channel: to.channel, problems }, "a private answer could not be delivered");
}

/** Text and blocks that Slack takes; blocks that it would refuse are left out, the text carries the sense. */
export function privateMessage(content: Content): { text: string; blocks?: Content["blocks"][number][] } {
  const text = cutMarkup(content.text, 3_900);
  const blocks = content.blocks.slice(0, maxBlocks);
  return validateMessage({ text, blocks }).length === 0 ? { text, blocks: [...blocks] } : { text };
}

type PrivateMessage = ReturnType<typeof privateMessage>;

async function byResponseUrl({ responseUrl }: Whisper, message: PrivateMessage, ports: WhisperPorts): Promise<boolean> {
  if (responseUrl === undefined || !isSlackAddress(responseUrl, ports.apiUrl)) return false;
  const response = await fetchOverHttp(responseUrl, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ response_type: "ephemeral", replace_original: false, ...message }),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`response_url answered ${response.status}`);
  return true;
}

async function asEphemeral(to: Whisper, message: PrivateMessage, { client }: WhisperPorts): Promise<boolean> {
  const { userId, channel, threadTs, isInView } = to;
  // In a conversation with one person a message is as private, and it arrives for certain.
  if (channel === undefined || isInView === true || channel.startsWith("D")) return false;
  await client.chat.postEphemeral({
    channel,
    user: userId,
    ...message,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
  });
  return true;
}

async function directly({ userId }: Whisper, message: PrivateMessage, { client }: WhisperPorts): Promise<boolean> {
  await client.chat.postMessage({ channel: userId, ...message, unfurl_links: false, unfurl_media: false });
  return true;
}
