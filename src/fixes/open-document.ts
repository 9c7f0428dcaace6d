import { jsonPiecesOf } from "#src/discovery/files/yaml/json-pieces.ts";
import { yamlEvents } from "#src/discovery/files/yaml/parse.ts";
import { documentsOf, piecesOf } from "#src/discovery/files/yaml/pieces.ts";
import type { DocumentSpan, Piece } from "#src/discovery/files/yaml/pieces.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { placedDocument } from "./placed-node.ts";
import type { PlacedDocument } from "./placed-node.ts";

/** Longest text that is parsed at once, in characters: exact places take more than 100 bytes for each. */
const maxLength = 4_000_000;

/** Some of a file's characters, with what makes a document of them. */
export interface Excerpt {
  readonly before: string;
  readonly start: number;
  readonly end: number;
  readonly after: string;
}

/** What was parsed, with the place of every value in it; JSON is YAML too. */
export interface OpenPart {
  /** Where decK's variables stand, its values have `hidden` characters. */
  readonly document: PlacedDocument;
  /** As it was written. */
  readonly text: string;
  /** Offset of the text's first character in the file; it begins with what stands before the excerpt. */
  readonly offset: number;
}

/**
 * For each document of a file the ways to take it apart, the best first: piece by piece, so that a file of any size needs
 * the memory of one piece, and as a whole, where lines only look like keys and a piece does not parse.
 */
export function documentsIn(text: string): readonly (readonly (readonly Excerpt[])[])[] {
  return [...documentsOf(text)].map((span) => {
    const whole = [{ before: "", start: span.start, end: span.end, after: "" }];
    const pieces = span.isWhole ? undefined : excerptsOf(text, span);
    return pieces === undefined ? [whole] : [pieces, whole];
  });
}

function excerptsOf(text: string, span: DocumentSpan): readonly Excerpt[] | undefined {
  const json = jsonPiecesOf(text, span);
  const split = json ?? piecesOf(text, span);
  if (split === undefined || split.cut !== undefined || split.pieces.length === 0) return undefined;
  return split.pieces.map((piece) => excerptOf(piece, json === undefined ? "block" : "flow"));
}

/** The items of a list need their key again: it tells what they are. */
function excerptOf({ kind, key, start, end }: Piece, form: "block" | "flow"): Excerpt {
  const name = kind === "items" ? JSON.stringify(key) : "";
  if (form === "block") return { before: kind === "items" ? `${name}:\n` : "", start, end, after: "" };
  return kind === "items"
    ? { before: `{${name}: [`, start, end, after: "]}" }
    : { before: "{", start, end, after: "}" };
}

/** Parses an excerpt; a problem says in words why there are no places in it. */
export function openExcerpt(file: string, { before, start, end, after }: Excerpt): Result<OpenPart, string> {
  const length = end - start;
  if (length > maxLength) return no(`${length} characters, more than the ${maxLength} that can be repaired at once`);
  const text = before + file.slice(start, end) + after;
  const readable = withHiddenVariables(text);
  const events = yamlEvents(readable);
  if (!events.ok) return no(events.problem.text);
  const document = placedDocument(events.value, readable);
  if (document === undefined) return no("no YAML document that can be repaired");
  return ok({ document, text, offset: start - before.length });
}

/** Stands for a character of a variable; of Unicode's private use, so that nobody's file has it. */
const hidden = "\uE000";

/** Whether decK puts something into a value that is known only then. */
export function holdsVariable(value: string): boolean {
  return value.includes(hidden);
}

/** A value with something else in the place of its variables. */
export function withVariablesAs(filling: string, value: string): string {
  return value.replaceAll(/\uE000+/gu, filling);
}

/**
 * decK's `${{ env "NAME" }}` may stand where its quotes and braces are no YAML, such as inside double quotes. What hides it
 * has the same length, so that every place is where it was.
 */
function withHiddenVariables(text: string): string {
  if (!text.includes("${{")) return text;
  return text.replaceAll(/\$\{\{[^{}\n]*\}\}/gu, (variable) => hidden.repeat(variable.length));
}
