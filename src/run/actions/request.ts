import { openAdmin } from "#src/discovery/admin-client.ts";
import { NoAnswer } from "#src/discovery/http-json.ts";
import type { HttpAnswer } from "#src/discovery/ports.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Action } from "#src/plan/step.ts";
import { redactedMark } from "#src/run/output/redact-known.ts";
import { whyNotOurs } from "#src/run/ownership.ts";
import { nodeOf } from "#src/run/probes/node-of.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionEnd, ActionResult } from "./action-result.ts";

type Request = Extract<Action, { readonly kind: "request" }>;

/** Longest answer that is written down, in characters. */
const shownLength = 4_000;

/**
 * Sends one request to a node's Admin API. Whoever loses the connection after sending cannot know whether it was
 * carried out, so that ends like a process that was killed; a request that never left is a plain failure.
 */
export async function sendAdminRequest(action: Request, context: StepContext): Promise<ActionResult> {
  const { output, redactor } = context;
  const sent = await send(action, context);
  if ("kind" in sent) {
    await output.write([sent.reason]);
    return { end: sent, commands: [] };
  }
  // Cut before it is redacted, with room for a secret that lies across the end, and once more after it.
  const answer = shownAnswer(sent, action).slice(0, shownLength + redactor.margin);
  await output.write([`HTTP ${sent.status} ${redactor.redactText(answer).slice(0, shownLength).toWellFormed()}`]);
  return { end: judge(sent, action), commands: [] };
}

/** The answer, or how it ended without one. */
async function send(
  action: Request,
  context: StepContext,
): Promise<HttpAnswer | Exclude<ActionEnd, { readonly kind: "completed" }>> {
  const { environment, ports, output, redactor, step, isStillOurs } = context;
  const { node, method, path } = action;
  try {
    const body = { ...action.body, ...(await secretsFor(action, context)) };
    const hasBody = Object.keys(body).length > 0;
    const shown = hasBody ? redactor.redactText(JSON.stringify(body, hiding(action))) : "without a body";
    // The last look before it leaves: whoever stood still after the claim may have been given up.
    const isOurs = await isStillOurs();
    if (isOurs !== true)
      return { kind: "failed", reason: `${describe(action)} was not sent: ${whyNotOurs(isOurs)}`, wasStarted: false };
    await output.write([`[${node}] ${method} ${path} ${shown}`]);
    return await openAdmin(environment, ports).ask(nodeOf(environment, node), path, {
      method,
      timeoutMs: step.timeoutMs,
      ...(hasBody ? { body } : {}),
    });
  } catch (error) {
    const problem = redactor.redactText(errorMessage(error));
    return error instanceof NoAnswer && error.mayHaveArrived
      ? { kind: "cut_off", reason: `${describe(action)} got no answer after it was sent: ${problem}`, isGone: true }
      : { kind: "failed", reason: `${describe(action)} was not sent: ${problem}`, wasStarted: false };
  }
}

function describe({ method, path, node }: Request): string {
  return `${method} ${path} of ${node}`;
}

/** Filled in at the last moment; Kong wants a licence as a text inside the JSON, and files end with a line feed. */
async function secretsFor(
  { secretFields }: Request,
  { resolveSecret }: StepContext,
): Promise<Readonly<Record<string, string>>> {
  const fields = await Promise.all(
    Object.entries(secretFields).map(async ([name, ref]) => [name, (await resolveSecret(ref)).trim()] as const),
  );
  return Object.fromEntries(fields);
}

function judge({ status }: HttpAnswer, action: Request): ActionEnd {
  const { expectStatus } = action;
  if (expectStatus.includes(status)) return { kind: "completed" };
  const reason = `${describe(action)} was answered with HTTP ${status}, expected ${expectStatus.join(" or ")}`;
  // A gateway in between, or Kong whose database took too long, may answer so although the work is done.
  return status >= 500 ? { kind: "cut_off", reason, isGone: true } : { kind: "failed", reason, wasStarted: true };
}

function shownAnswer({ body }: HttpAnswer, action: Request): string {
  return body === undefined ? "without JSON" : JSON.stringify(body, hiding(action));
}

/** Answers repeat what was sent, so a secret field is hidden by its name on both ways, at any depth. */
function hiding({ secretFields }: Request): (name: string, value: unknown) => unknown {
  return (name, value) => (Object.hasOwn(secretFields, name) ? redactedMark : value);
}
