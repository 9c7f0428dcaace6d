/** What decides the path that the upstream sees. */
export interface PathChoice {
  readonly handling: string;
  readonly strip: boolean;
  readonly servicePath: string;
  readonly requestPath: string;
  /** The part of the request path after the matched one; undefined when the route has no paths. */
  readonly rest: string | undefined;
}

/**
 * The upstream's path. v1 puts texts together as they are; v0 sees to exactly one slash between them
 * (table in Kong's documentation of routes, "path handling algorithms": service /s, route /fv0, request /fv0req
 * gives /s/req with v0 and /sreq with v1).
 */
export function upstreamPath(choice: PathChoice): string {
  const base = choice.servicePath === "" ? "/" : choice.servicePath;
  const postfix = choice.strip ? (choice.rest ?? choice.requestPath.slice(1)) : choice.requestPath.slice(1);
  if (choice.handling === "v1") {
    return choice.strip && base.endsWith("/") && postfix.startsWith("/") ? base.slice(0, -1) + postfix : base + postfix;
  }
  if (postfix === "") {
    const wantsSlash = choice.requestPath.length > 1 && choice.requestPath.endsWith("/");
    const bare = base.length > 1 && base.endsWith("/") ? base.slice(0, -1) : base;
    return wantsSlash && !bare.endsWith("/") ? `${bare}/` : bare;
  }
  return `${base.replace(/\/$/, "")}/${postfix.replace(/^\//, "")}`;
}
