import { cleanText } from "./clean-text.ts";

/** What takes the place of a secret. */
export const redactedMark = "[redacted]";

/** Shorter values would be found in ordinary words all over the output. */
const shortestSecret = 4;

/** Replaces the values of configured secrets wherever they appear. */
export interface KnownSecretRedactor {
  readonly longest: number;
  redact(text: string): string;
}

/** Long enough to be recognised in capitals too, without finding the word in ordinary text. */
const longEnoughForAnyCase = 8;
/** Columns at which base64 is wrapped: PEM and OpenSSL, coreutils and MIME. */
const wrappedAt = [64, 76];

/**
 * Also knows each value as it looks in an address, in JSON, in hexadecimal and in base64, there also in the middle of
 * something longer (as `user:password` in a header), in capitals, and line by line where it has several.
 */
export function createKnownSecretRedactor(secrets: readonly string[]): KnownSecretRedactor {
  const plain = new Set(secrets.flatMap(plainForms).filter((form) => form.length >= shortestSecret));
  const encoded = new Set(secrets.flatMap(base64Forms).filter((form) => form.length >= longEnoughForAnyCase));
  const longestFirst = [...plain, ...encoded].sort((left, right) => right.length - left.length);
  if (longestFirst.length === 0) return { longest: 0, redact: (text) => text };
  const pattern = new RegExp(longestFirst.map((form) => patternOf(form, encoded.has(form))).join("|"), "gu");
  const mayHold = createLookout(longestFirst);
  return {
    longest: longestFirst[0]?.length ?? 0,
    redact: (text) => (mayHold(text) ? text.replace(pattern, redactedMark) : text),
  };
}

function patternOf(form: string, isBase64: boolean): string {
  const escaped = escapeForPattern(form);
  // What follows in the same word may hold the last bits of it.
  if (isBase64) return `${escaped}[\\w+\\/\\-]{0,3}={0,2}`;
  return form.length >= longEnoughForAnyCase ? `(?i:${escaped})` : escaped;
}

function plainForms(secret: string): readonly string[] {
  const trimmed = secret.trim().toWellFormed();
  const inAddress = encodeURIComponent(trimmed);
  return [
    secret.toWellFormed(),
    trimmed,
    // Lines are cleaned before they are redacted.
    cleanText(trimmed),
    ...trimmed.split(/\r?\n/u).map((line) => line.trim()),
    inAddress,
    inAddress.replaceAll("%20", "+"),
    encodeURIComponent(inAddress),
    JSON.stringify(trimmed).slice(1, -1),
    JSON.stringify(trimmed)
      .slice(1, -1)
      .replaceAll("/", String.raw`\/`),
    Buffer.from(trimmed, "utf8").toString("hex"),
  ].filter((form) => !form.includes("\n"));
}

/** Three bytes become four characters, so a value in the middle of others looks in one of three ways, but for its ends. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret.trim(), "utf8");
  const whole = bytes.toString("base64").replace(/=+$/u, "");
  const wrapped = wrappedAt.flatMap((columns) => whole.match(new RegExp(`.{1,${columns}}`, "gu")) ?? []);
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/u, "");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(first, last);
  });
  return [whole, ...wrapped, ...within].flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

const lookoutBits = 18;

/**
 * Says of most lines at once that none of these forms is in them: a form shows by its first four characters, in any case.
 * Three times as fast as the pattern with its dozens of alternatives, which only sees the rest.
 */
function createLookout(forms: readonly string[]): (text: string) => boolean {
  const seen = new Uint8Array(1 << lookoutBits);
  const slotOf = (four: number): number => Math.imul(four, 0x9e37_79b1) >>> (32 - lookoutBits);
  for (const form of forms) {
    let four = 0;
    for (let index = 0; index < shortestSecret; index += 1) four = (four << 8) | (form.charCodeAt(index) & 0xdf);
    seen[slotOf(four)] = 1;
  }
  return (text) => {
    let four = 0;
    for (let index = 0; index < text.length; index += 1) {
      // Without the bit that tells capitals from small letters.
      four = (four << 8) | (text.charCodeAt(index) & 0xdf);
      if (index >= shortestSecret - 1 && seen[slotOf(four)] === 1) return true;
    }
    return false;
  };
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
