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

/** Also knows each value as it looks in an address, in JSON, in base64, and line by line where it has several. */
export function createKnownSecretRedactor(secrets: readonly string[]): KnownSecretRedactor {
  const forms = new Set(secrets.flatMap(formsOf).filter((form) => form.length >= shortestSecret));
  if (forms.size === 0) return { longest: 0, redact: (text) => text };
  const longestFirst = [...forms].sort((left, right) => right.length - left.length);
  const pattern = new RegExp(longestFirst.map(escapeForPattern).join("|"), "gu");
  return {
    longest: longestFirst[0]?.length ?? 0,
    redact: (text) => text.replace(pattern, redactedMark),
  };
}

function formsOf(secret: string): readonly string[] {
  const trimmed = secret.trim().toWellFormed();
  const base64 = Buffer.from(trimmed, "utf8").toString("base64");
  return [
    secret.toWellFormed(),
    trimmed,
    // Lines are cleaned before they are redacted.
    cleanText(trimmed),
    ...trimmed.split(/\r?\n/u).map((line) => line.trim()),
    encodeURIComponent(trimmed),
    JSON.stringify(trimmed).slice(1, -1),
    base64,
    base64.replace(/=+$/u, ""),
  ].filter((form) => !form.includes("\n"));
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
