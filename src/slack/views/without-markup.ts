/** Slack's markup as plain text, for a terminal and for programs: names instead of tokens, no entities, no stars. */
export function withoutMarkup(markup: string): string {
  return markup
    .replaceAll(/<!date\^[^|>]*\|([^>]*)>/gu, "$1")
    .replaceAll(/<([@#!][^|>]*)\|([^>]*)>/gu, "$2")
    .replaceAll(/<([@#])([A-Z0-9]+)>/gu, "$1$2")
    .replaceAll(/(^|[\s(])([*_])(\S(?:[^*_\n]*\S)?)\2(?=[\s).,:;!?]|$)/gmu, "$1$3")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
