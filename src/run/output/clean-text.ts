import { stripVTControlCharacters } from "node:util";

/** Everything that is not text: control characters but tab, and marks that turn the reading direction around. */
const notText = /[[\p{Cc}--\t]\u200e\u200f\u202a-\u202e\u2066-\u2069]/gv;

/** A line without escape sequences, NUL, control characters and broken surrogates: PostgreSQL and Slack take it as it is. */
export function cleanText(text: string): string {
  const plain = text.includes("\u001b") ? stripVTControlCharacters(text) : text;
  return plain.replace(notText, "").toWellFormed();
}
