import type { Profile } from "#practice/kong/gateway/profile.ts";
import type { RouteRow } from "./gateway-tables.ts";
import type { PathPattern } from "./path-pattern.ts";
import { compilePath } from "./path-pattern.ts";

/** What the router looks at; `path` is normalised, header names are lower case. */
interface RoutedRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The route of a request; `rest` is the path after the matched part, undefined when the route has no paths. */
export interface RouteMatch {
  readonly route: RouteRow;
  readonly rest: string | undefined;
}

/** Finds the route of a request. */
export interface Router {
  find(request: RoutedRequest): RouteMatch | undefined;
  /** Routes that take no part because a regex of theirs cannot be compiled here. */
  readonly broken: readonly { readonly route: RouteRow; readonly reason: string }[];
}

interface Candidate {
  readonly route: RouteRow;
  readonly patterns: readonly PathPattern[];
}

/**
 * Builds a router with the order of Kong's traditional router (also the default of 3.x, "traditional_compatible"):
 * more kinds of conditions first, then plain hosts before wildcards, more headers, regex paths before prefixes,
 * `regex_priority`, the longest path, the older route. SNIs, sources and destinations are not looked at.
 */
export function buildRouter(routes: readonly RouteRow[], routing: Profile["routing"]): Router {
  const broken: { route: RouteRow; reason: string }[] = [];
  const candidates: Candidate[] = [];
  for (const route of routes) {
    try {
      const patterns = (route.paths ?? []).map((path) => compilePath(path, routing));
      candidates.push({ route, patterns: patterns.sort(byPathOrder) });
    } catch (error) {
      broken.push({ route, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  candidates.sort(byPriority);
  return {
    broken,
    find: (request) => {
      for (const candidate of candidates) {
        const rest = matches(candidate, request);
        if (rest !== undefined) return { route: candidate.route, rest: rest.rest };
      }
      return undefined;
    },
  };
}

function matches({ route, patterns }: Candidate, request: RoutedRequest): { rest: string | undefined } | undefined {
  if (isSet(route.methods) && !route.methods.includes(request.method)) return undefined;
  if (isSet(route.hosts) && !route.hosts.some((host) => matchesHost(host, request.host))) return undefined;
  for (const [name, values] of Object.entries(route.headers ?? {})) {
    const sent = new Set([request.headers[name.toLowerCase()] ?? []].flat());
    if (!values.some((value) => sent.has(value))) return undefined;
  }
  if (patterns.length === 0) return { rest: undefined };
  for (const pattern of patterns) {
    const found = pattern.match(request.path);
    if (found !== undefined) return found;
  }
  return undefined;
}

function matchesHost(pattern: string, host: string): boolean {
  const [wanted, actual] = pattern.includes(":") ? [pattern, host] : [pattern, host.replace(/:\d+$/, "")];
  if (wanted.startsWith("*.")) return actual.endsWith(wanted.slice(1));
  if (wanted.endsWith(".*")) return actual.startsWith(wanted.slice(0, -1));
  return wanted.toLowerCase() === actual.toLowerCase();
}

function isSet(list: readonly string[] | null): list is readonly string[] {
  return list !== null && list.length > 0;
}

function byPathOrder(a: PathPattern, b: PathPattern): number {
  if (a.kind !== b.kind) return a.kind === "regex" ? -1 : 1;
  return b.length - a.length;
}

function byPriority(a: Candidate, b: Candidate): number {
  const left = weights(a);
  const right = weights(b);
  for (const [index, weight] of left.entries()) {
    const difference = (right[index] ?? 0) - weight;
    if (difference !== 0) return difference;
  }
  return (a.route.created ?? 0) - (b.route.created ?? 0) || a.route.id.localeCompare(b.route.id);
}

function weights({ route, patterns }: Candidate): readonly number[] {
  const headers = Object.keys(route.headers ?? {}).length;
  const hosts = route.hosts ?? [];
  const kinds = [hosts.length > 0, headers > 0, patterns.length > 0, isSet(route.methods)];
  const hasRegex = patterns.some((pattern) => pattern.kind === "regex");
  return [
    kinds.filter(Boolean).length,
    // Which kinds: host counts more than header, path and method, as the bits in router.lua do.
    kinds.reduce((bits, present) => bits * 2 + Number(present), 0),
    Number(hosts.length > 0 && hosts.every((host) => !host.includes("*"))),
    headers,
    Number(hasRegex),
    hasRegex ? (route.regex_priority ?? 0) : 0,
    Math.max(0, ...patterns.map((pattern) => pattern.length)),
  ];
}
