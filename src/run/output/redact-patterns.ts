import { redactedMark } from "./redact-known.ts";

/** Most lines hold nothing of the kind: one look decides. */
const suspicious =
  /pass|pwd|secret|token|key|credential|licen[cs]e|cookie|authoriz|bearer|basic|:\/\/|xox|xapp|eyj|akia|signature/iu;

const secretName = String.raw`(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?|licen[cs]e(?:_data|_key)?|signature)`;
const value = String.raw`(?:\[redacted\]|"(?:[^"\\]|\\.){0,4096}"?|'[^']{0,4096}'?|[^\s,;&'")}\]]{1,4096})`;

/**
 * What secrets look like when their value is not known. Every repetition is bounded: a line of 16,000 characters made
 * to be slow costs milliseconds.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  // "password":"…", \"secret\": \"…\" and the field `key` of Kong's credentials and certificates.
  [
    new RegExp(
      String.raw`(\\?"[\w.-]{0,40}?(?:${secretName}[\w.-]{0,40}|(?<=")key)\\?"\s{0,4}:\s{0,4})(?:\\"(?:[^"\\]|\\[^"]){0,4096}\\"|${value})`,
      "giu",
    ),
    `$1"${redactedMark}"`,
  ],
  // KONG_PG_PASSWORD=…, pg_password = …, --token=…, secret: …
  [new RegExp(String.raw`(${secretName}[\w.-]{0,40}\s{0,4}[=:]\s{0,4})${value}`, "giu"), `$1${redactedMark}`],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie|apikey|x-api-key|kong-admin-token)(\\?"?\s{0,4}[:=]\s{0,4})\S.*$/giu,
    `$1$2${redactedMark}`,
  ],
  // postgres://kong:…@host: the last @ of the word, since a password may hold one.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,256}):[^\s]{1,1024}@/giu, `$1:${redactedMark}@`],
  [/\b(https?:\/\/)[^\s/:@]{16,1024}@/giu, `$1${redactedMark}@`],
  [/\b(bearer|basic)\s{1,4}[\w.~+/=-]{16,4096}/giu, `$1 ${redactedMark}`],
  [/\bxox[a-z](?:\.[a-z]{1,8})?-[\w-]{4,512}/giu, redactedMark],
  [/\bxapp-[\w-]{4,512}/giu, redactedMark],
  [/\beyJ[\w-]{8,4096}\.[\w-]{8,8192}(?:\.[\w-]{0,4096})?/gu, redactedMark],
  [/\bAKIA[0-9A-Z]{12,32}\b/gu, redactedMark],
];

/** Replaces everything in a line that looks like a secret. */
export function redactPatterns(line: string): string {
  if (!suspicious.test(line)) return line;
  let redacted = line;
  for (const [pattern, replacement] of patterns) redacted = redacted.replace(pattern, replacement);
  return redacted;
}
