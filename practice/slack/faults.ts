/** How strictly calls are limited: not at all, as Slack documents it, or a fraction of that. */
export type RateLimitMode = "off" | "real" | "harsh";

type CountedFault = { readonly method: string | undefined; count: number; readonly status: number };

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
  #failNext: CountedFault | undefined;
  #loseNext: CountedFault | undefined;

  armFailure(method: string | undefined, count: number, status: number): void {
    this.#failNext = { method, count, status };
  }

  armLostResponse(method: string | undefined, count: number): void {
    this.#loseNext = { method, count, status: 0 };
  }

  /** The HTTP status with which this call must fail, if one is armed for it; counts it down. */
  takeFailure(method: string): number | undefined {
    return take(this.#failNext, method)?.status;
  }

  /** Whether the response to this call must be lost; counts it down. */
  takesResponse(method: string): boolean {
    return take(this.#loseNext, method) !== undefined;
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
    this.#failNext = undefined;
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
      fail_next: remaining(this.#failNext),
      lose_response_next: remaining(this.#loseNext),
      rate_limits: this.rateLimits,
    };
  }
}

function take(fault: CountedFault | undefined, method: string): CountedFault | undefined {
  if (fault === undefined || fault.count <= 0) return undefined;
  if (fault.method !== undefined && fault.method !== method) return undefined;
  fault.count -= 1;
  return fault;
}

function remaining(fault: CountedFault | undefined): CountedFault | null {
  return fault === undefined || fault.count <= 0 ? null : { ...fault };
}
