import { expect, test } from "vitest";
import { loadProfile } from "#practice/kong/gateway/profile.ts";
import type { RouteRow } from "#practice/kong/gateway/proxy/gateway-tables.ts";
import { buildRouter } from "#practice/kong/gateway/proxy/router.ts";

const { routing } = await loadProfile("2.8.5");
let created = 0;

function route(name: string, conditions: Partial<RouteRow>): RouteRow {
  created += 1;
  return {
    id: name,
    name,
    service_id: null,
    protocols: ["http"],
    methods: null,
    hosts: null,
    paths: null,
    headers: null,
    regex_priority: 0,
    strip_path: true,
    preserve_host: false,
    path_handling: "v0",
    https_redirect_status_code: 426,
    created,
    ...conditions,
  };
}

function found(
  routes: readonly RouteRow[],
  path: string,
  more: { method?: string; host?: string; headers?: Record<string, string> } = {},
) {
  const request = { method: more.method ?? "GET", host: more.host ?? "a.example", path, headers: more.headers ?? {} };
  return buildRouter(routes, routing).find(request)?.route.name;
}

test("the longest prefix wins whatever the order", () => {
  const routes = [route("short", { paths: ["/a"] }), route("long", { paths: ["/a/b"] })];
  expect(found(routes, "/a/b/c")).toBe("long");
  expect(found(routes.toReversed(), "/a/x")).toBe("short");
});

test("a regex path goes before a longer prefix, and regex_priority decides among regexes", () => {
  const routes = [
    route("prefix", { paths: ["/a/123456789"] }),
    route("regex", { paths: [String.raw`/a/\d+`] }),
    route("first", { paths: [String.raw`/a/\d\d`], regex_priority: 5 }),
  ];
  expect(found(routes, "/a/123456789")).toBe("first");
  expect(found(routes.slice(0, 2), "/a/123456789")).toBe("regex");
});

test("more kinds of conditions go before a better path", () => {
  const routes = [
    route("path", { paths: ["/a/b/c"] }),
    route("host and path", { paths: ["/a"], hosts: ["a.example"] }),
    route("host, method and path", { paths: ["/a"], hosts: ["a.example"], methods: ["POST"] }),
  ];
  expect(found(routes, "/a/b/c")).toBe("host and path");
  expect(found(routes, "/a/b/c", { method: "POST" })).toBe("host, method and path");
  expect(found(routes, "/a/b/c", { host: "b.example" })).toBe("path");
});

test("a plain host goes before a wildcard and the port is not part of the name", () => {
  const routes = [route("wild", { hosts: ["*.example"] }), route("plain", { hosts: ["a.example"] })];
  expect(found(routes, "/", { host: "a.example:8000" })).toBe("plain");
  expect(found(routes, "/", { host: "b.example" })).toBe("wild");
  expect(found(routes, "/", { host: "example" })).toBeUndefined();
});

test("headers must all match", () => {
  const routes = [route("beta", { paths: ["/"], headers: { "X-Track": ["beta", "dev"] } })];
  expect(found(routes, "/", { headers: { "x-track": "dev" } })).toBe("beta");
  expect(found(routes, "/", { headers: { "x-track": "stable" } })).toBeUndefined();
});

test("a route whose regex cannot be compiled is reported and the others go on", () => {
  const router = buildRouter([route("broken", { paths: ["/a/(b"] }), route("good", { paths: ["/a"] })], routing);
  expect(router.broken.map((one) => one.route.name)).toEqual(["broken"]);
  expect(router.find({ method: "GET", host: "x", path: "/a/b", headers: {} })?.route.name).toBe("good");
});
