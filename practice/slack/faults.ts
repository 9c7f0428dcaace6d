/** How strictly calls are limited: not at all, as Slack documents it, or a fraction of that. */
export type RateLimitMode = "off" | "real" | "harsh";

type CountedFault = { readonly method?: string | undefined; count: number };

/** How calls are made to fail: by an HTTP status, or by one of Slack's codes (HTTP 200); at once or `after_ms`. */
type Failure = CountedFault & {
  readonly status: number;
  readonly error?: string | undefined;
  readonly after_ms: number;
};

/** The faults that are armed now. Times are milliseconds, `clockSkewS` is seconds. */
export class Faults {
  hasNoSocket = false;
  isTokenRevoked = false;
  slowMs = 0;
  delayDeliveryMs = 0;
  duplicateNext = 0;
  badSignatureNext = 0;
  clockSkewS = 0;
  rateLimits: RateLimitMode = "real";
  #failNext: readonly Failure[] = [];
  #loseNext: CountedFault | undefined;

  /** Arms one failure per method; a new one takes the place of the old one, and none is left of a count of 0. */
  armFailure(failure: Readonly<Failure>): void {
    const others = this.#failNext.filter((it) => it.method !== failure.method);
    this.#failNext = [...others, { ...failure }];
  }

  armLostResponse(method: string | undefined, count: number): void {
    this.#loseNext = { method, count };
  }

  /** How this call must fail, if a failure is armed for it; counts it down. */
  takeFailure(method: string): Readonly<Failure> | undefined {
    const found = this.#failNext.find((it) => concerns(it, method));
    if (found !== undefined) found.count -= 1;
    return found;
  }

  /** Whether the response to this call must be lost; counts it down. */
  takesResponse(method: string): boolean {
    if (this.#loseNext === undefined || !concerns(this.#loseNext, method)) return false;
    this.#loseNext.count -= 1;
    return true;
  }

  takeDuplicate(): boolean {
    if (this.duplicateNext <= 0) return false;
    this.duplicateNext -= 1;
    return true;
  }

  takeBadSignature(): boolean {
    if (this.badSignatureNext <= 0) return false;
    this.badSignatureNext -= 1;
    return true;
  }

  reset(): void {
    this.hasNoSocket = false;
    this.isTokenRevoked = false;
    this.slowMs = 0;
    this.delayDeliveryMs = 0;
    this.duplicateNext = 0;
    this.badSignatureNext = 0;
    this.clockSkewS = 0;
    this.rateLimits = "real";
    this.#failNext = [];
    this.#loseNext = undefined;
  }

  /** What is armed, as `GET /practice/state` shows it. */
  describe(): { readonly [name: string]: unknown } {
    return {
      no_socket: this.hasNoSocket,
      revoke_token: this.isTokenRevoked,
      slow_ms: this.slowMs,
      delay_delivery_ms: this.delayDeliveryMs,
      duplicate_delivery_next: this.duplicateNext,
      bad_signature_next: this.badSignatureNext,
      clock_skew_s: this.clockSkewS,
      fail_next: oneOrAll(this.#failNext.filter((it) => it.count > 0)),
      lose_response_next: oneOrAll([this.#loseNext].filter((it) => it !== undefined && it.count > 0)),
      rate_limits: this.rateLimits,
    };
  }
}

function concerns(fault: CountedFault, method: string): boolean {
  return fault.count > 0 && (fault.method === undefined || fault.method === method);
}

/** Nothing, the one, or the list of what is armed. */
function oneOrAll(armed: readonly unknown[]): unknown {
  return armed.length > 1 ? armed : (armed[0] ?? null);
}
