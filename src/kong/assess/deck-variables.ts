/**
 * decK puts the value of `${{ env "NAME" }}` in when it reads a file (decK documentation, environment variables); only
 * then it is known. GitHub's `${{ env.NAME }}` is something else.
 */
const variable = /\$\{\{\s*env\s+["'`][^{}\n]*\}\}/gu;

/** A text with two values in the place of decK's variables that are as different as paths and names can be. */
export interface Fillings {
  readonly plain: string;
  readonly odd: string;
}

/** Undefined where a text has no variable, so that all of it is known. */
export function fillingsOf(text: string): Fillings | undefined {
  if (!text.includes("${{")) return undefined;
  const plain = text.replaceAll(variable, "x");
  return plain === text ? undefined : { plain, odd: text.replaceAll(variable, String.raw`~/(?=\1)/%2e//`) };
}
