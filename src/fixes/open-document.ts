import { parseAllDocuments } from "yaml";
import type { Document } from "yaml";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";

/** Longest file that is repaired, in characters: exact places cost much more time and memory than reading does. */
const maxLength = 16_000_000;

/** The YAML documents of a declarative file with the place of every value; JSON is YAML too. */
export function openDocument(text: string): Result<readonly Document[], string> {
  if (text.length > maxLength) {
    return no(`the file has ${text.length} characters, more than the ${maxLength} that can be repaired here; split it`);
  }
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: "error", uniqueKeys: false });
  if (!Array.isArray(documents)) return ok([]);
  const [broken] = documents.flatMap(({ errors }) => errors);
  return broken === undefined ? ok(documents) : no(`not YAML that can be repaired: ${broken.message}`);
}
