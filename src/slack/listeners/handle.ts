import { AppError } from "#src/kernel/app-error.ts";
import { answerPrivately } from "#src/slack/answer-privately.ts";
import type { Whisper } from "#src/slack/answer-privately.ts";
import { whyForeign } from "#src/slack/origin.ts";
import type { Origin } from "#src/slack/origin.ts";
import { section } from "#src/slack/views/blocks.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { inTrace, newTrace } from "#src/trace.ts";
import type { ListenerPorts } from "./ports.ts";

/** What every delivery of Slack has in common. */
export interface Incoming extends Origin {
  /** For the log, e.g. `action ku_approve`. */
  readonly what: string;
  /** The same for every repetition of one delivery. */
  readonly dedupKey: string;
  readonly person: Whisper;
}

export interface Handling {
  readonly acknowledge: () => Promise<void>;
  /** When Slack hears that it arrived: once it is recorded, or at once, where nothing is to be recorded. */
  readonly acknowledgedWhen?: "recorded" | "received";
  /** Must happen within 3 s of the click and does no harm twice: opening a modal. */
  readonly first?: () => Promise<void>;
  /**
   * Calls `recorded` as soon as what was asked is in the record. The acknowledgement waits for that (but not longer than
   * Slack allows), so that a bot that dies before shows the person Slack's error instead of silence.
   */
  readonly work?: (recorded: () => Promise<void>) => Promise<void>;
}

/** What every delivery takes, whatever it is about. */
type HandlingPorts = Pick<
  ListenerPorts,
  "log" | "now" | "identity" | "isFirstDelivery" | "acknowledged" | "clients" | "apiUrl"
>;

/** Slack gives 3 s; work that takes longer goes on after the acknowledgement. */
const ackAtLatestMs = 2_000;
/** Slack shows an error after 3 s without acknowledgement; beyond this the log says so. */
const slowAckMs = 1_000;

/**
 * Refuses what is not ours, does the work once and acknowledges in time, and never leaves a person without an answer. The
 * trace of everything that comes of it begins here.
 */
export function handle(ports: HandlingPorts, incoming: Incoming, handling: Handling): Promise<void> {
  const trace = newTrace();
  return inTrace(trace, () => handleTraced(ports, incoming, handling, trace));
}

/** Enough of a trace to find its lines by, and short enough to be read out. */
const referenceLength = 8;

async function handleTraced(
  ports: HandlingPorts,
  incoming: Incoming,
  handling: Handling,
  trace: string,
): Promise<void> {
  const { log, now, identity } = ports;
  const startedAt = now();
  const { what, person } = incoming;
  const foreign = whyForeign(incoming, identity);
  if (foreign !== undefined) {
    log.warn(
      { what, foreign, app: incoming.appId, team: incoming.teamId, enterprise: incoming.enterpriseId },
      "a payload for another app, workspace or organisation was refused; restart the bot if its workspace has just moved",
    );
    return;
  }
  let ackMs: number | undefined;
  const acknowledged = async (): Promise<void> => {
    if (ackMs !== undefined) return;
    ackMs = now() - startedAt;
    if (ackMs > slowAckMs) log.warn({ what, ackMs }, "an acknowledgement took long");
    await handling.acknowledge();
    ports.acknowledged?.(what.split(" ")[0] ?? what, now() - startedAt);
  };
  const timer = setTimeout(() => {
    acknowledged().catch((late: unknown) => log.warn({ what, err: late }, "a request could not be acknowledged"));
  }, ackAtLatestMs);
  try {
    const { first, work, acknowledgedWhen } = handling;
    if (first !== undefined || work === undefined || acknowledgedWhen === "received") await acknowledged();
    await first?.();
    if (work !== undefined && (await ports.isFirstDelivery(incoming.dedupKey))) await work(acknowledged);
    await acknowledged();
    log.info({ what, user: person.userId, ackMs, tookMs: now() - startedAt }, "handled");
  } catch (error) {
    await acknowledged().catch((late: unknown) => log.warn({ what, err: late }, "a request could not be acknowledged"));
    const reference = trace.slice(0, referenceLength);
    log.error({ what, user: person.userId, reference, err: error }, "a person's request failed");
    await whisper(ports, person, failureContent(error, reference));
  } finally {
    clearTimeout(timer);
  }
}

export function whisper(
  ports: Pick<ListenerPorts, "clients" | "apiUrl" | "log">,
  to: Whisper,
  content: Content,
): Promise<void> {
  return answerPrivately(to, content, { client: ports.clients.interactive, apiUrl: ports.apiUrl, log: ports.log });
}

function failureContent(error: unknown, reference: string): Content {
  const why = error instanceof AppError ? ` ${escapeText(error.message, 500)}` : "";
  const text = `⚠️ That did not work.${why} Nothing may have happened: look at the card or \`/kong-upgrade status\` before you try again. Reference \`${reference}\`.`;
  return { text, blocks: [section(text)] };
}
