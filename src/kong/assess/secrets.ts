/** What stands where a secret was. */
export const redacted = "[redacted]";

/** Names whose values nobody may see: credentials of plugins, kong.conf and scripts. */
const secretName =
  /(?:^|[_.-])(?:pass|password|passwd|passphrase|secrets?|tokens?|credentials?|api_?key|private_?key|access_?key(?:_id)?|secret_?key|signing_?key|cert_?key|key|key_data|aws_key|license_data|session_conf|redis_auth|redis\.auth|authorization|auth_value|param_value)$/iu;

/** Names that look secret and are not: they name a header or say yes or no. */
const harmlessName = /(?:_names?|_name|_in|_type|_method)$|^(?:hide_credentials|key_names|primary_key|cache_key)$/iu;

/** Whether values of that name are kept out of sight. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

/** A reference to a vault says where a secret is, not what it is. */
const vaultReference = /^\{vault:\/\/[^}]*\}$/u;

/** Whether a value under a secret-looking name gives something away. */
export function isSecretValue(value: unknown): boolean {
  if (typeof value === "string") return value !== "" && value !== redacted && !vaultReference.test(value);
  return typeof value === "number";
}

const forms: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:]{0,200}:[^\s/@]{0,200}@/giu, `$1${redacted}@`],
  [/\b(bearer|basic)\s+[a-z0-9+/=._~-]{6,}/giu, `$1 ${redacted}`],
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/gu, redacted],
  [/(\s(?:-u|--user)[\s=]+["']?[^\s:"']{1,100}:)[^\s"']{1,200}/gu, `$1${redacted}`],
  [
    /\b((?:[a-z0-9]{1,40}[_-]){0,5}(?:password|passwd|secret|token|api_?key|apikey))(["']?\s{0,5}[=:]\s{0,5})("[^"]*"|'[^']*'|[^\s,;&"']+)/giu,
    `$1$2${redacted}`,
  ],
];

/** Without one of these no form is there: most values are a word or a path. */
const suspicious = /[\s:=]|eyJ/u;

/** A text without the secrets that can be told by their form: logins in addresses, tokens, assignments, `curl -u`. */
export function redactText(text: string): string {
  if (!suspicious.test(text)) return text;
  return forms.reduce((clean, [form, instead]) => clean.replaceAll(form, instead), text);
}
