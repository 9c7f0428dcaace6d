/** Kept as they are by normalising (Kong/kong 3.1.1 kong/tools/uri.lua): a triplet of one is only written in capitals. */
const reserved = new Set("!*'();:@&=+$,/?%#[]");

/**
 * Whether Kong would normalise a path to another one: percent-encoding of what needs none or in small letters, `.` and
 * `..`, doubled slashes. Regex paths (`~`) are left alone.
 */
export function isChangedByNormalising(path: string): boolean {
  if (path.startsWith("~")) return false;
  return path.includes("//") || hasDotSegment(path) || hasNeedlessEncoding(path);
}

function hasDotSegment(path: string): boolean {
  return /(?:^|\/)\.\.?(?:\/|$)/u.test(path);
}

function hasNeedlessEncoding(path: string): boolean {
  if (!path.includes("%")) return false;
  for (const [, hex = ""] of path.matchAll(/%([0-9A-Fa-f]{2})/gu)) {
    if (hex !== hex.toUpperCase() || !reserved.has(String.fromCodePoint(Number.parseInt(hex, 16)))) return true;
  }
  return false;
}
