/** A text in which decK's variables stand in a form that YAML can be read with. */
export interface WithoutPlaceholders {
  readonly text: string;
  /** A part of the text as it was written; undefined where there was no variable at all. */
  readonly original: ((part: string) => string) | undefined;
}

/**
 * decK puts the values of `${{ env "NAME" }}` in before it reads the file as YAML (decK 1.65 with go-database-reconciler
 * pkg/file/readfile.go), so they may stand where their quotes and braces would break it, such as inside double quotes.
 */
export function withoutPlaceholders(text: string): WithoutPlaceholders {
  if (!text.includes("${{")) return { text, original: undefined };
  const indexes = new Map<string, number>();
  const plain = text.replaceAll(/\$\{\{[^{}\n]*\}\}/gu, (placeholder) => {
    const index = indexes.get(placeholder) ?? indexes.size;
    indexes.set(placeholder, index);
    return `${mark}${index}__`;
  });
  const placeholders = [...indexes.keys()];
  const original = (part: string): string =>
    part.includes(mark)
      ? part.replaceAll(marked, (token, index: string) => placeholders[Number(index)] ?? token)
      : part;
  return { text: plain, original };
}

const mark = "__decK_variable_";
const marked = /__decK_variable_(\d+)__/gu;
