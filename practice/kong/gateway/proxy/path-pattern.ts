import type { Profile } from "#practice/kong/gateway/profile.ts";

/** How one path of a route matches; `rest` is what follows the matched part. */
export interface PathPattern {
  readonly kind: "prefix" | "regex";
  readonly length: number;
  /** What follows the match in an already normalised request path, or undefined. */
  match(path: string): { readonly rest: string } | undefined;
}

/** Compiles a route path by the rules of the version. @throws SyntaxError for a regex that JavaScript cannot read. */
export function compilePath(path: string, routing: Profile["routing"]): PathPattern {
  const source = regexSource(path, routing);
  if (source === undefined) {
    const prefix = normalisePath(path);
    return {
      kind: "prefix",
      length: prefix.length,
      match: (request) => (request.startsWith(prefix) ? { rest: request.slice(prefix.length) } : undefined),
    };
  }
  // Named groups: PCRE and Rust also take (?P<name>…); matching is anchored at the start only, as in Kong.
  const regex = new RegExp(`^(?:${source.replaceAll("(?P<", "(?<")})`);
  return {
    kind: "regex",
    length: path.length,
    match: (request) => {
      const found = regex.exec(request);
      return found === null ? undefined : { rest: request.slice(found[0].length) };
    },
  };
}

/**
 * The regex in a path, if it is one. 3.x: exactly the paths with `~` (router.lua 3.0). Before: any path with a character
 * outside `A-Za-z0-9.-_~/%` (the test of migration core/016_280_to_300), and from 2.8.2 also those with `~`.
 */
function regexSource(path: string, routing: Profile["routing"]): string | undefined {
  if (routing.tilde && path.startsWith("~")) return path.slice(1);
  if (routing.regex === "tilde" || /^[A-Za-z0-9.\-_~/%]*$/.test(path)) return undefined;
  return routing.decodes_regex ? decodeUnreserved(path) : path;
}

/** Normalises a request path as Kong does before matching: unreserved characters decoded, dot segments and double slashes gone. */
export function normalisePath(path: string): string {
  const segments: string[] = [];
  const parts = decodeUnreserved(path).split("/");
  const endsInFolder = ["", ".", ".."].includes(parts.at(-1) ?? "");
  for (const part of parts) {
    if (part === "..") segments.pop();
    else if (part !== "" && part !== ".") segments.push(part);
  }
  return `/${segments.join("/")}${endsInFolder && segments.length > 0 ? "/" : ""}`;
}

function decodeUnreserved(path: string): string {
  return path.replaceAll(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : code.toUpperCase();
  });
}
