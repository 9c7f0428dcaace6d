/** Kept as they are by normalising (Kong/kong 3.1.1 kong/tools/uri.lua): a triplet of one is only written in capitals. */
const reserved = new Set("!*'();:@&=+$,/?%#[]");

/** What decoding must not turn into syntax of a pattern (Kong/kong 3.4.2 kong/db/migrations/migrate_path_280_300.lua). */
const escapedInRegex = /[.^{}\\|-]/gu;

/**
 * Kong's own heuristic of 2.x: any other character makes a path a regular expression (Kong/kong 3.4.2
 * kong/db/migrations/migrate_path_280_300.lua, Kong/kong 2.8.5 kong/router.lua).
 */
export const plainPathPattern = "^[a-zA-Z0-9.\\-_~/%]*$";

const plainPath = new RegExp(plainPathPattern, "u");

/**
 * A path as Kong's migration from 2.8 to 3.0 writes it: plain ones in normal form, regular expressions decoded and behind
 * a `~`. Unlike the migration it puts none before one that is there. Undefined where what is encoded is no text.
 */
export function migratedPath(path: string): string | undefined {
  if (path.startsWith("~")) return decodedRegexPath(path);
  if (plainPath.test(path)) return normalisedPath(path);
  const pattern = decodedRegexPath(path);
  return pattern === undefined ? undefined : `~${pattern}`;
}

/** A plain path in normal form; one that 2.x takes for a regular expression, or behind a `~`, stays as it is. */
export function normalisedPlainPath(path: string): string | undefined {
  return plainPath.test(path) && !path.startsWith("~") ? normalisedPath(path) : path;
}

/**
 * Whether Kong would normalise a path to another one: percent-encoding of what needs none or in small letters, `.` and
 * `..`, doubled slashes. Regex paths (`~`) are left alone.
 */
export function isChangedByNormalising(path: string): boolean {
  return !path.startsWith("~") && normalisedPath(path) !== path;
}

/** Kong/kong 3.4.2 kong/tools/uri.lua, `normalize` with doubled slashes merged. */
function normalisedPath(path: string): string | undefined {
  const text = decoded(path, (characters) => characters);
  if (text === undefined || !/\/\/|(?:^|\/)\.{1,2}(?:\/|$)/u.test(text)) return text;
  const segments = text.split("/").slice(1);
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1) ?? "";
  const isOpen = kept.length > 0 && (last === "" || last === "." || last === "..");
  return `/${kept.join("/")}${isOpen ? "/" : ""}`;
}

function decodedRegexPath(path: string): string | undefined {
  return decoded(path, (text) => text.replaceAll(escapedInRegex, String.raw`\$&`));
}

/** Triplets of what is not reserved become the character that they stand for; undefined where they are no UTF-8. */
function decoded(path: string, written: (characters: string) => string): string | undefined {
  if (!path.includes("%")) return path;
  let isText = true;
  const text = path.replaceAll(/(?:%[0-9A-Fa-f]{2})+/gu, (triplets) => {
    const parts = triplets.split(/(%(?:2[13456789ABCFabcf]|3[ABDFabdf]|40|5[BDbd]))/u);
    return parts
      .map((part) => {
        if (part.length === 3 && reserved.has(characterOf(part))) return part.toUpperCase();
        const characters = utf8Of(part);
        if (characters === undefined) isText = false;
        return written(characters ?? part);
      })
      .join("");
  });
  return isText ? text : undefined;
}

function characterOf(triplet: string): string {
  return String.fromCodePoint(Number.parseInt(triplet.slice(1), 16));
}

function utf8Of(triplets: string): string | undefined {
  const bytes = Uint8Array.from(triplets.matchAll(/%(..)/gu), ([, hex = ""]) => Number.parseInt(hex, 16));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
