import { isSecretName, isSecretValue, redacted, redactText } from "./secrets.ts";
import { inputThatTells } from "./subject.ts";

/** Longest value in a piece of evidence, in characters. */
export const maxShown = 200;

/** A value as evidence shows it: secrets redacted, at most 200 characters, nothing in it that a terminal acts on. */
export function shownValue(value: unknown, field: string): string {
  const isSecret = isSecretName(field) || field.split(/[.[\]]+/u).some((part) => isSecretName(part));
  if (isSecret && isSecretValue(value)) return redacted;
  const text =
    typeof value === "string"
      ? redactText(value.slice(0, maxShown * 5))
      : write(value, isSecret, { left: maxShown * 2 });
  return shorten(visible(text)).toWellFormed();
}

/**
 * The part of a long text around what a pattern finds, so that it is not cut away. Secrets are taken out first: a cut
 * could leave one without the name that tells it.
 */
export function excerpt(whole: string, pattern: RegExp): string {
  const text = redactText(whole);
  const index = Math.max(0, text.search(pattern));
  const start = Math.max(0, text.lastIndexOf("\n", index) + 1, index - maxShown / 2);
  const end = text.indexOf("\n", index);
  return text.slice(start, end === -1 ? start + maxShown : Math.min(end, start + maxShown));
}

/** Almost everything that is shown: printable ASCII. */
const plainText = /^[\u0020-\u007E]*$/u;

/** Control characters, line ends and marks that change the reading direction, written out. */
export function visible(text: string): string {
  if (plainText.test(text)) return text;
  // oxlint-disable-next-line no-control-regex -- these are what must not get through
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu, (character) => {
    if (character === "\n") return String.raw`\n`;
    if (character === "\t") return String.raw`\t`;
    return String.raw`\u` + (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
  });
}

function shorten(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown - 1)}…`;
}

interface Budget {
  left: number;
}

/** JSON that stops when the budget is used up, so that circles and huge objects end. */
function write(value: unknown, isSecret: boolean, budget: Budget): string {
  budget.left -= 1;
  if (budget.left <= 0) return "…";
  if (inputThatTells(value) !== undefined) return "?";
  if (typeof value === "string") {
    budget.left -= Math.min(value.length, maxShown);
    return JSON.stringify(isSecret && isSecretValue(value) ? redacted : redactText(value.slice(0, maxShown)));
  }
  if (Array.isArray(value)) return `[${parts(value, (item) => write(item, isSecret, budget), budget)}]`;
  if (typeof value === "object" && value !== null) {
    const entry = ([key, item]: readonly [string, unknown]): string =>
      `${JSON.stringify(key.slice(0, maxShown))}: ${write(item, isSecret || isSecretName(key), budget)}`;
    return `{${parts(Object.entries(value), entry, budget)}}`;
  }
  return isSecret && isSecretValue(value) ? redacted : String(value);
}

function parts<Item>(items: readonly Item[], writeOne: (item: Item) => string, budget: Budget): string {
  const written: string[] = [];
  for (const item of items) {
    if (budget.left <= 0) break;
    written.push(writeOne(item));
  }
  return written.join(", ");
}
