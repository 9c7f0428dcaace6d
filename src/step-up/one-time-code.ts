import { Secret, TOTP } from "otpauth";

/** What every authenticator app expects (RFC 6238 with the defaults of RFC 4226): SHA-1, six digits, 30 s. */
const algorithm = "SHA1";
const digits = 6;
const periodSeconds = 30;
/** RFC 6238 §5.2 recommends to allow for at most one step of delay. One step ahead is for phones whose clock is fast. */
const toleratedSteps = 1;
/** Beyond this, apps show a label cut off anyway. */
const longestName = 64;

/** What an authenticator app shows beside the code. */
export interface Account {
  /** The Slack workspace. */
  readonly team: string;
  /** The person, in words that they recognise. */
  readonly name: string;
}

/**
 * The time step that the code belongs to, at most one away from now; undefined for a wrong code. Blanks do not count,
 * because apps show codes as `123 456`.
 */
export function matchingStep(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  const token = code.replaceAll(/\s/gu, "");
  // otpauth compares in constant time, and throws for as many characters in more bytes.
  if (!/^[0-9]{6}$/u.test(token)) return undefined;
  const delta = TOTP.validate({
    token,
    secret: secretOf(secret),
    algorithm,
    digits,
    period: periodSeconds,
    timestamp: nowMs,
    window: toleratedSteps,
  });
  return delta === null ? undefined : TOTP.counter({ period: periodSeconds, timestamp: nowMs }) + delta;
}

/** The secret in base32, for people who type it into their app. */
export function secretForTyping(secret: Uint8Array): string {
  return secretOf(secret).base32;
}

/**
 * The `otpauth://` address that authenticator apps read from a QR code. The page "Key Uri Format" of
 * google/google-authenticator's wiki allows no colon in issuer and account.
 */
export function enrolmentUri(secret: Uint8Array, account: Account): string {
  return new TOTP({
    issuer: `kong-upgrade (${plainName(account.team)})`,
    label: plainName(account.name),
    secret: secretOf(secret),
    algorithm,
    digits,
    period: periodSeconds,
  }).toString();
}

function plainName(text: string): string {
  const plain = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}:]+/gu, " ")
    .trim();
  return Array.from(plain).slice(0, longestName).join("");
}

function secretOf(bytes: Uint8Array): Secret {
  // A copy, because a small Buffer is a view into memory that it shares.
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
