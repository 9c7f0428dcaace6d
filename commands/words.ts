/** One word of a typed line and where the text begins that starts with it. */
export interface Word {
  readonly text: string;
  readonly start: number;
  /** It was quoted, so it is no option even if it begins with dashes. */
  readonly isQuoted: boolean;
}

const quotes = new Map([
  ['"', '"'],
  ["'", "'"],
  ["“", "”"],
  ["„", "“”"],
  ["‘", "’"],
  ["«", "»"],
]);

/** Splits a line as people type it: quotes (also typographic ones), a long dash that was typed as two. */
export function splitWords(line: string): readonly Word[] {
  const words: Word[] = [];
  let position = 0;
  while (position < line.length) {
    if (/\s/u.test(line.charAt(position))) {
      position += 1;
      continue;
    }
    const word = readWord(line, position);
    words.push({ text: decode(word.text), start: position, isQuoted: word.isQuoted });
    position = word.end;
  }
  return words;
}

/** The text from a word to the end of the line as it was typed, without quotes around the whole. */
export function textFrom(line: string, word: Word): string {
  const text = line.slice(word.start).trim();
  const close = quotes.get(text.charAt(0));
  const isWrapped = close !== undefined && text.length > 1 && close.includes(text.charAt(text.length - 1));
  return decode(isWrapped ? text.slice(1, -1) : text);
}

interface Read {
  readonly text: string;
  readonly end: number;
  readonly isQuoted: boolean;
}

function readWord(line: string, start: number): Read {
  const whole = readQuoted(line, start);
  if (whole !== undefined) return { ...whole, isQuoted: true };
  let text = "";
  let position = start;
  while (position < line.length && !/\s/u.test(line.charAt(position))) {
    const character = line.charAt(position);
    // Slack's tokens (<@U…|name>, <https://…>) may hold spaces in their labels.
    const token = character === "<" ? /^<[^<>]*>/u.exec(line.slice(position))?.[0] : undefined;
    const value = character === "=" ? readQuoted(line, position + 1) : undefined;
    if (value !== undefined) {
      text += `=${value.text}`;
      position = value.end;
    } else {
      text += token ?? character;
      position += (token ?? character).length;
    }
  }
  return { text: text.replace(/^[—–](?=\p{L})/u, "--"), end: position, isQuoted: false };
}

/** A quoted stretch; undefined where nothing is quoted or the quote is never closed, as in “don't”. */
function readQuoted(line: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const close = quotes.get(line.charAt(start));
  if (close === undefined) return undefined;
  for (let position = start + 1; position < line.length; position += 1) {
    const isEnd = close.includes(line.charAt(position)) && /^(?:\s|$)/u.test(line.slice(position + 1));
    if (isEnd) return { text: line.slice(start + 1, position), end: position + 1 };
  }
  return undefined;
}

/** Slack escapes these three in command texts (docs.slack.dev, formatting); a mention stays a token. */
function decode(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
