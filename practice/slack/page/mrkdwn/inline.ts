import { parseEntity, unescapeText } from "./entity.ts";
import type { Inline } from "./syntax.ts";

/** How a line is read: `verbatim` switches off links for bare addresses, `entitiesOnly` is the inside of code. */
type Reading = { readonly verbatim: boolean; readonly entitiesOnly?: boolean };

const styles = { "*": "bold", _: "italic", "~": "strike" } as const;

/** Reads one line (no line breaks) of mrkdwn. */
export function parseLine(line: string, reading: Reading): readonly Inline[] {
  const found: Inline[] = [];
  let plain = "";
  let at = 0;
  const flush = (): void => {
    if (plain !== "") found.push({ kind: "text", text: unescapeText(plain) });
    plain = "";
  };
  while (at < line.length) {
    const hit = readAt(line, at, reading);
    if (hit === undefined) {
      plain += line.charAt(at);
      at += 1;
    } else {
      flush();
      found.push(hit.inline);
      at = hit.end;
    }
  }
  flush();
  return found;
}

type Hit = { readonly inline: Inline; readonly end: number };

function readAt(line: string, at: number, reading: Reading): Hit | undefined {
  const char = line.charAt(at);
  if (char === "<") return readEntity(line, at);
  if (reading.entitiesOnly === true) return undefined;
  if (char === "`") return readCode(line, at);
  if (char === "*" || char === "_" || char === "~") return readStyled(line, at, char, reading);
  if (char === ":") return readEmoji(line, at);
  if (char === "h" && !reading.verbatim) return readAddress(line, at);
  return undefined;
}

function readEntity(line: string, at: number): Hit | undefined {
  const end = line.indexOf(">", at);
  const inline = end === -1 ? undefined : parseEntity(line.slice(at + 1, end));
  return inline && { inline, end: end + 1 };
}

function readCode(line: string, at: number): Hit | undefined {
  const end = line.indexOf("`", at + 1);
  if (end <= at + 1) return undefined;
  const children = parseLine(line.slice(at + 1, end), { verbatim: true, entitiesOnly: true });
  return { inline: { kind: "code", children }, end: end + 1 };
}

/** A mark opens only at the start of a word and closes only at its end: `a*b*c` and `2 * 3 * 4` stay as typed. */
function readStyled(line: string, at: number, mark: keyof typeof styles, reading: Reading): Hit | undefined {
  const next = line.charAt(at + 1);
  if (isWordChar(line.charAt(at - 1)) || next === "" || next === mark || /\s/.test(next)) return undefined;
  const end = closingMark(line, at + 1, mark);
  if (end === -1) return undefined;
  const children = parseLine(line.slice(at + 1, end), reading);
  return { inline: { kind: styles[mark], children }, end: end + 1 };
}

function closingMark(line: string, from: number, mark: string): number {
  for (let at = from; at < line.length; at += 1) {
    const char = line.charAt(at);
    const skipTo = char === "<" ? readEntity(line, at)?.end : char === "`" ? readCode(line, at)?.end : undefined;
    if (skipTo !== undefined) at = skipTo - 1;
    else if (char === mark && at > from && !/\s/.test(line.charAt(at - 1)) && !isWordChar(line.charAt(at + 1))) {
      return at;
    }
  }
  return -1;
}

function isWordChar(char: string): boolean {
  return /[\p{L}\p{N}]/u.test(char);
}

function readEmoji(line: string, at: number): Hit | undefined {
  const match = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/.exec(line.slice(at, at + 80));
  return match?.[1] === undefined
    ? undefined
    : { inline: { kind: "emoji", name: match[1] }, end: at + match[0].length };
}

function readAddress(line: string, at: number): Hit | undefined {
  if (isWordChar(line.charAt(at - 1))) return undefined;
  const match = /^https?:\/\/[^\s<>|`]+/.exec(line.slice(at));
  const address = match?.[0].replace(/[.,;:!?)\]*_~'"]+$/, "") ?? "";
  if (address === "") return undefined;
  return { inline: { kind: "link", url: unescapeText(address), label: "" }, end: at + address.length };
}
