/**
 * Rewrites a route path of 2.8 for 3.x: whatever is not plain counts as a regular expression and gets a `~`; a plain path
 * is normalised. Not idempotent: a path that already has its `~` gets another (Kong 3.0.0–3.9, migration core/016_280_to_300).
 */
export function migratePath(path: string): string {
  return isPlain(path) ? normalise(path) : `~${path}`;
}

/** Kong's own guess whether a path is no regular expression: only unreserved characters, slashes and percent signs. */
export function isPlain(path: string): boolean {
  return /^[A-Za-z0-9.\-_~/%]*$/.test(path);
}

/** RFC 3986 §6.2.2: escapes of unreserved characters are undone, the others get upper-case digits. */
function normalise(path: string): string {
  return path.replaceAll(/%([0-9A-Fa-f]{2})/g, (escape, digits: string) => {
    const character = String.fromCodePoint(Number.parseInt(digits, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase();
  });
}
