import type { Example } from "#test/src/kong/catalogue/example.ts";

const withPath = (path: string) => ({ name: "users", paths: [path] });

/** Regular expressions that both engines take, next to what is looked for. */
const harmless = [
  String.raw`/users/\d{1,3}/[a-z0-9_-]+$`,
  String.raw`/a\.b\-c/(?<name>[^/]+)`,
  String.raw`/\p{L}+/[\w-]+/x{2,}`,
  "/(?:v1|v2)/(?i)x++",
].map(withPath);

export const routerEngineExamples: readonly Example[] = [
  {
    hazard: "30-router-flavor-default",
    hits: { conf: { database: "postgres" } },
    evidence: ["router_flavor"],
    misses: { conf: { router_flavor: "traditional" } },
  },
  {
    hazard: "30-regex-lookaround",
    hits: { conf: {}, routes: [withPath("/(?!admin).*")] },
    evidence: ["users", "/(?!admin).*"],
    misses: { conf: {}, routes: harmless },
  },
  {
    hazard: "30-regex-rust-constructs",
    hits: { conf: {}, routes: [withPath("/users/{id}")] },
    evidence: ["users", "/users/{id}"],
    misses: { conf: {}, routes: harmless },
  },
  {
    hazard: "30-regex-rust-escapes",
    hits: { conf: {}, routes: [withPath(String.raw`/a\/b(.*)`)] },
    evidence: ["users", String.raw`/a\/b(.*)`],
    misses: { conf: { router_flavor: "traditional" }, routes: [withPath(String.raw`/a\/b(.*)`)] },
  },
  {
    hazard: "30-path-handling-v1",
    hits: { conf: {}, routes: [{ ...withPath("/users"), path_handling: "v1" }] },
    evidence: ["users", "path_handling"],
    misses: { conf: {}, routes: [{ ...withPath("/users"), path_handling: "v0" }] },
  },
];
