/**
 * Fields that plugins use as regular expressions, by plugin.
 * Sources: Kong/kong 3.9.1 handler.lua of bot-detection and cors, schema.lua of ai-prompt-guard; Kong developer docs,
 * plugin hub pages of ai-sanitizer and injection-protection (August 2026).
 */
export const regexFields: Readonly<Record<string, readonly string[]>> = {
  "ai-prompt-guard": ["config.allow_patterns[*]", "config.deny_patterns[*]"],
  "ai-sanitizer": ["config.custom_patterns[*].regex"],
  "bot-detection": [
    "config.allow[*]",
    "config.deny[*]",
    /** The names before 3.0. */
    "config.whitelist[*]",
    "config.blacklist[*]",
  ],
  cors: ["config.origins[*]"],
  "injection-protection": ["config.custom_injections[*].regex"],
};

/** A text with signs that only a regular expression has; a lone `*` and a dot are plain (cors takes both literally). */
export function looksLikeRegex(text: string): boolean {
  return text !== "*" && /[\\^$*+?()[\]{}|]/u.test(text);
}
