import { type Fields, asFields, flagAt, textAt } from "./json.ts";

const timeoutMs = 15_000;

/** What became of something that a person did; `problem` is what Slack (or the workspace) tells that person. */
export type Outcome = {
  readonly delivered: boolean;
  readonly answer: unknown;
  readonly problem: string;
};

/** Fetches one of the workspace's documents; throws an Error that says what was asked for and what came. */
export async function read(path: string, signal?: AbortSignal): Promise<unknown> {
  const limit = AbortSignal.timeout(timeoutMs);
  const response = await fetch(path, { signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) });
  if (!response.ok) throw new Error(refusalText(path, response.status, await readBody(response)));
  return response.json();
}

/** Does something as a person; a refusal and a lost connection are outcomes too, so this never throws. */
export async function act(path: string, body: Fields): Promise<Outcome> {
  try {
    const response = await fetch(`/practice/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return outcomeOf(path, response.status, await readBody(response));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { delivered: false, answer: undefined, problem: `The practice workspace does not answer (${reason}).` };
  }
}

async function readBody(response: Response): Promise<Fields> {
  try {
    return asFields(await response.json());
  } catch {
    // An answer without JSON is described by its status alone.
    return {};
  }
}

function outcomeOf(path: string, status: number, body: Fields): Outcome {
  const delivered = flagAt(body, "delivered");
  const shown = textAt(body, "shown");
  const refused = status >= 400 ? refusalText(path, status, body) : textAt(body, "error");
  return { delivered, answer: body["answer"], problem: shown || refused };
}

function refusalText(path: string, status: number, body: Fields): string {
  const code = textAt(body, "error") || textAt(body, "reason");
  const known: Readonly<Record<string, string>> = {
    no_such_button: "This button is gone: the message changed after it was drawn.",
    not_in_channel: "You are not a member of this channel.",
    account_inactive: "This account is deactivated and cannot do anything.",
  };
  return known[code] ?? (textAt(body, "message") || `${path} answered ${status}${code === "" ? "" : ` (${code})`}.`);
}
