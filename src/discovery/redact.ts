import { limits } from "./limits.ts";

/** What stands where a secret was. */
export const redacted = "[redacted]";

/** Names whose values are never kept: credentials in plugin configurations and kong.conf. */
const secretName =
  /(?:^|[_.-])(?:pass|password|passwd|passphrase|secret|secrets|token|tokens|credential|credentials|api[_-]?key|private_?key|access_?key|secret_?key|secret_?id|signing_?key|cert_?key|key_data|aws_key|client_jwk|license_data|config_string|session_conf|authorization|cookie|auth_value|param_value)$/iu;

/** Names that look secret and are not: they name a header or a parameter. */
const harmlessName =
  /(?:_names?|_name)$|^cookie_(?:names|lifetime|idletime|samesite|httponly|discard|renew|persistent)$/iu;

// The scheme has a bound: without it a long text of dots or dashes takes quadratic time.
const userInfo = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@:]*:[^\s/@]*@/giu;
const bearer = /\b(bearer|basic)\s+[a-z0-9+/=._~-]{6,}/giu;
const privateKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/gu;
const assignment =
  /\b((?:[a-z0-9_]*_)?(?:password|passwd|secret|token|api[_-]?key)["']?)(\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/giu;
const quotedAssignment =
  /\b((?:[a-z0-9_]*_)?(?:password|passwd|secret|token|api[_-]?key))(\s*=\s*)("[^"]*"|'[^']*')/giu;

/** A text without the secrets that can be told by their form. */
export function redactText(text: string): string {
  return redactForms(text).replaceAll(assignment, `$1$2${redacted}`);
}

/** Source code without written-out secrets; what is assigned from an expression is no secret and stays. */
export function redactCode(text: string): string {
  return redactForms(text).replaceAll(quotedAssignment, `$1$2"${redacted}"`);
}

function redactForms(text: string): string {
  return text
    .replaceAll(userInfo, `$1${redacted}@`)
    .replaceAll(bearer, `$1 ${redacted}`)
    .replaceAll(privateKey, redacted);
}

/** A setting of kong.conf, kept only where neither name nor form look secret. */
export function redactSetting(key: string, value: string): string {
  return isSecretName(key) && value !== "" ? redacted : redactText(value);
}

/** A plugin's configuration with every secret-looking value replaced; lists stay lists, so that their form can be judged. */
export function redactConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, redactValue(value, isSecretName(name))]),
  );
}

function redactValue(value: unknown, isSecret: boolean): unknown {
  if (typeof value === "string") return isSecret && value !== "" ? redacted : shorten(redactText(value));
  if (typeof value === "number") return isSecret ? redacted : value;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, isSecret));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redactValue(item, isSecret || isSecretName(name))]),
  );
}

/** Whether the value of a field or setting with this name is a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

function shorten(text: string): string {
  return text.length <= limits.configText ? text : `${text.slice(0, limits.configText)}… (${text.length} characters)`;
}
