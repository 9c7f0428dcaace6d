import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from "@slack/web-api";
import type { WebAPICallResult } from "@slack/web-api";

/** How a call of Slack's Web API ended. `limited`: HTTP 429; `unanswered`: no answer, or one that is none of Slack's. */
export type SlackCallOutcome = "ok" | "limited" | "refused" | "unanswered";

/** Told about every call, for figures. */
export type OnSlackCall = (method: string, outcome: SlackCallOutcome) => void;

/** Slack's client, which tells how each call ended; every method of it goes through `apiCall` (web-api 8.2). */
export class ObservedClient extends WebClient {
  readonly #onCall: OnSlackCall;

  constructor(onCall: OnSlackCall, ...options: ConstructorParameters<typeof WebClient>) {
    super(...options);
    this.#onCall = onCall;
  }

  override async apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    try {
      const answer = await super.apiCall(method, options);
      this.#onCall(method, "ok");
      return answer;
    } catch (error) {
      this.#onCall(method, outcomeOf(error));
      throw error;
    }
  }
}

function outcomeOf(error: unknown): SlackCallOutcome {
  if (error instanceof WebAPIRateLimitedError) return "limited";
  if (!(error instanceof WebAPIPlatformError)) return "unanswered";
  return ["ratelimited", "rate_limited"].includes(error.data.error) ? "limited" : "refused";
}
