import type { Outcome } from "#practice/slack/delivery/delivery.ts";

/** What a person's deed came to, as the HTTP interface answers it. */
export type Report = {
  readonly delivered: boolean;
  readonly ack_ms: number | null;
  /** What the app answered in its acknowledgement; null when it was empty. */
  readonly answer: unknown;
  /** The text that Slack shows this person when something went wrong; null when all is well. */
  readonly shown: string | null;
  readonly error?: string;
  readonly [more: string]: unknown;
};

type FailureTexts = { readonly late: string; readonly unreachable: string };

/** Turns a delivery's outcome into a report; the texts are what Slack shows for this kind of deed. */
export function reportOf(outcome: Outcome, texts: FailureTexts): Report {
  switch (outcome.kind) {
    case "acked":
      return { delivered: true, ack_ms: outcome.ackMs, answer: meaningful(outcome.answer), shown: null };
    case "timed_out":
      return { delivered: true, ack_ms: null, answer: null, shown: texts.late, error: "operation_timeout" };
    case "refused":
      return {
        delivered: true,
        ack_ms: outcome.ackMs,
        answer: null,
        shown: texts.late,
        error: `http_status_${outcome.status}`,
      };
    case "no_connection":
    default:
      return { delivered: false, ack_ms: null, answer: null, shown: texts.unreachable, error: "dispatch_failed" };
  }
}

/** The report of something that never left the person's client. */
export function notSent(error: string, shown: string, more: { readonly [key: string]: unknown } = {}): Report {
  return { delivered: false, ack_ms: null, answer: null, shown, error, ...more };
}

/** Bolt acknowledges with an empty object where others send nothing. */
function meaningful(answer: unknown): unknown {
  if (answer === undefined || answer === "") return null;
  const isEmpty = typeof answer === "object" && answer !== null && Object.keys(answer).length === 0;
  return isEmpty ? null : answer;
}
