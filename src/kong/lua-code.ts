/** Comments and strings, whichever begins first; one without its end reaches to the end of the text. */
const token =
  /--\[(=*)\[[^]*?(?:\]\1\]|$)|--[^\n]*|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?|\[(=*)\[[^]*?(?:\]\2\]|$)/gu;

/** Lua source in which nothing is commented out; each line keeps its number. */
export function luaCode(source: string): string {
  return source.replaceAll(token, (text) => (text.startsWith("--") ? text.replaceAll(/[^\n]+/gu, " ") : text));
}
