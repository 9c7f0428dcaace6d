import { z } from "zod";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";

/** An answer of Slack's Web API, with the headers that tell of token and time. */
export interface SlackAnswer {
  readonly body: unknown;
  /** The error code that Slack gave instead; undefined for a yes. */
  readonly error: string | undefined;
  /** Scopes of the token (header `x-oauth-scopes`); undefined where Slack does not tell. */
  readonly scopes: readonly string[] | undefined;
  /** Slack's clock by the header `Date`, in whole seconds, as epoch milliseconds. */
  readonly atMs: number | undefined;
}

export interface SlackAccess {
  /** Base address with its slash. */
  readonly apiUrl: string;
  readonly token: string;
}

const timeoutMs = 8_000;
const envelopeSchema = z.looseObject({ ok: z.boolean(), error: z.string().optional() });

/**
 * Calls one method. Not through Bolt's client, because that hides the header with the time. The token goes into a header
 * and nowhere else. @throws AppError `slack_unreachable` when no answer comes
 */
export async function askSlack(
  { apiUrl, token }: SlackAccess,
  method: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<SlackAnswer> {
  const response = await fetch(`${apiUrl}${method}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(parameters).toString(),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    throw new AppError("slack_unreachable", `Slack at ${apiUrl} cannot be reached (${errorMessage(cause)})`, { cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  const envelope = envelopeSchema.safeParse(body);
  const scopes = response.headers.get("x-oauth-scopes");
  const atMs = Date.parse(response.headers.get("date") ?? "");
  const error = envelope.success
    ? envelope.data.ok
      ? undefined
      : (envelope.data.error ?? "unknown")
    : `HTTP ${response.status}`;
  return {
    body,
    error,
    scopes: scopes === null ? undefined : scopes.split(",").map((scope) => scope.trim()),
    atMs: Number.isNaN(atMs) ? undefined : atMs,
  };
}
