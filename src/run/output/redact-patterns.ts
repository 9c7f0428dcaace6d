import { redactedMark } from "./redact-known.ts";

/** Most lines hold nothing of the kind: one look decides. */
const suspicious =
  /pass|pwd|secret|token|key|credential|licen[cs]e|cookie|auth|bearer|basic|:\/\/|@|xox|xapp|eyj|a[ks]ia|signature|[?&]\w*(?:sig|code)=|gh[a-z]_|pat[_-]|hv[sbr]\.|aiza|-u/iu;

/** What a name must hold for its value to be one that nobody may read. */
export const secretName = String.raw`(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?|licen[cs]e(?:_data|_key)?|signature|rediscli_auth)`;
/** Whole, and where a part of it was redacted before, the rest of the word too. */
const value = String.raw`(?!["']?\[redacted\](?:["'\s,;&)}\]]|$))(?:\[redacted\][^\s,;&'")}\]]{1,4096}|"(?:[^"\\]|\\.){0,4096}"?|'[^']{0,4096}'?|[^\s,;&'")}\]]{1,4096})`;
const assignment = String.raw`\s{0,4}(?:=>|[=:])\s{0,4}`;

/**
 * What secrets look like when their value is not known. Every repetition is bounded: a line of 16,000 characters made
 * to be slow costs milliseconds.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  // A line of `env` or of kong.conf: the value is all of it, whatever signs it holds.
  [
    new RegExp(
      String.raw`^(\s{0,64}(?:export\s{1,4})?[\w.-]{0,60}?${secretName}[\w.-]{0,40}\s{0,4}=\s{0,4})(?!["'\s]).{1,4096}`,
      "iu",
    ),
    `$1${redactedMark}`,
  ],
  // ALTER ROLE … PASSWORD '…'
  [/\b(password\s{1,4})'(?:[^']|''){1,4096}'?/giu, `$1${redactedMark}`],
  // "password":"…", \"secret\": \"…\" and the field `key` of Kong's credentials and certificates.
  [
    new RegExp(
      String.raw`(\\?"[\w.-]{0,40}?(?:${secretName}[\w.-]{0,40}|(?<=")key)\\?"\s{0,4}:\s{0,4})(?:\\"(?:[^"\\]|\\[^"]){0,4096}\\"|${value})`,
      "giu",
    ),
    `$1"${redactedMark}"`,
  ],
  // KONG_PG_PASSWORD=…, pg_password = …, --token=…, secret: …, 'password' => '…'
  [new RegExp(String.raw`(${secretName}[\w.-]{0,40}\\?["']?${assignment})${value}`, "giu"), `$1${redactedMark}`],
  // --admin-token …, requirepass … of Redis
  [
    new RegExp(
      String.raw`((?:--[\w-]{0,40}${secretName}[\w-]{0,40}|\brequirepass|\bmasterauth)\s{1,4})(?!-)${value}`,
      "giu",
    ),
    `$1${redactedMark}`,
  ],
  // <password>…</password>
  [
    new RegExp(String.raw`(<[\w:.-]{0,40}?${secretName}[\w.-]{0,40}>)(?!\[redacted\])[^<]{1,4096}`, "giu"),
    `$1${redactedMark}`,
  ],
  // key: … where it is long and random, as those that Kong makes
  [/\b(key["']?\s{0,4}[:=]\s{0,4}["']?)(?=[a-z]{0,64}\d)[a-z\d]{20,256}/giu, `$1${redactedMark}`],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie|apikey|x-api-key|kong-admin-token)(\\?["']?\s{0,4}[:=]\s{0,4})\S.*$/giu,
    `$1$2${redactedMark}`,
  ],
  // curl -u admin:…
  [/((?:^|\s)(?:-u|--user|--proxy-user)[\s=]{1,4}["']?[^\s:"']{1,64}:)[^\s"']{1,256}/gu, `$1${redactedMark}`],
  // postgres://kong:…@host: the last @ of the word, since a password may hold one.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,256}):[^\s]{1,1024}@/giu, `$1:${redactedMark}@`],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/:@]{16,1024}@/giu, `$1${redactedMark}@`],
  // kong:…@db:5432, but not an image: kong:3.4@sha256:…
  [
    /(?<![\w.%:/-])([\w.%-]{1,64}:)[^\s:/@[\]]{3,256}@(?!sha\d)(?=[\w.-]{1,253}(?::\d|\/|\s|$))/giu,
    `$1${redactedMark}@`,
  ],
  [/([?&][\w-]{0,30}(?:sig|key|auth|code)=)[^\s&#"']{4,2048}/giu, `$1${redactedMark}`],
  [/\b(bearer|basic)\s{1,4}[\w.~+/=-]{16,4096}/giu, `$1 ${redactedMark}`],
  [/\bxox[a-z](?:\.[a-z]{1,8})?-[\w-]{4,512}/giu, redactedMark],
  [/\bxapp-[\w-]{4,512}/giu, redactedMark],
  [/\b(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{8,256}/giu, `$1${redactedMark}`],
  [/\beyJ[\w-]{8,4096}\.[\w-]{8,8192}(?:\.[\w-]{0,4096})?/gu, redactedMark],
  // Amazon's, GitHub's, GitLab's, Konnect's, Vault's and Google's own forms
  [/\b(?:AKIA|ASIA)[0-9A-Z]{12,32}\b/gu, redactedMark],
  [/\b(?:gh[oprsu]_|github_pat_|[ks]pat_)[A-Za-z0-9_]{16,255}/gu, redactedMark],
  [/\b(?:glpat-|hv[sbr]\.|AIza)[\w-]{16,255}/gu, redactedMark],
];

/**
 * A whole line of base64, as keys are wrapped (RFC 7468: 64 columns; SSH2: 70): what stands of one where its first line was
 * cut off. Digests in hexadecimal have letters of one case only.
 */
const keyLine = /^(?=[^a-z]{0,80}[a-z])(?=[^A-Z]{0,80}[A-Z])(?=\D{0,80}\d)[A-Za-z0-9+/]{60,76}={0,2}$/u;

function isKeyLine(line: string): boolean {
  if (line.length < 60 || line.length > 150) return false;
  const text = line.trim();
  // Most lines have a blank somewhere, which is found sooner.
  return !text.includes(" ") && keyLine.test(text);
}

/** Replaces everything in a line that looks like a secret. */
export function redactPatterns(line: string): string {
  if (isKeyLine(line)) return redactedMark;
  if (!suspicious.test(line)) return line;
  let redacted = line;
  for (const [pattern, replacement] of patterns) redacted = redacted.replace(pattern, replacement);
  return redacted;
}
