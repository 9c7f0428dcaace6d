import { expect, test } from "vitest";
import { loadProfile } from "#practice/kong/gateway/profile.ts";
import { compilePath, normalisePath } from "#practice/kong/gateway/proxy/path-pattern.ts";
import { upstreamPath } from "#practice/kong/gateway/proxy/upstream-path.ts";

test.each([
  ["2.8.5", String.raw`/users/\d+$`, "/users/7", true],
  ["3.4.2", String.raw`/users/\d+$`, "/users/7", false],
  ["3.4.2", String.raw`~/users/\d+$`, "/users/7", true],
  ["2.8.5", String.raw`~/users/\d+$`, "/users/7", true],
  ["1.5.1", String.raw`~/users/\d+$`, "/users/7", false],
  ["2.8.5", String.raw`/users/\d+$`, "/users/7/x", false],
  ["2.8.5", "/plain", "/plainer", true],
  ["3.4.2", "/plain", "/else/plain", false],
  ["2.8.5", "/%7Euser", "/~user", true],
  ["2.8.5", "/caf%c3%a9", "/caf%C3%A9/x", true],
  ["2.8.5", "/%61(b|c)", "/ab", true],
  ["3.4.2", "~/%61(b|c)", "/ab", false],
  ["3.4.2", "~/(?P<name>[a-z]+)/x", "/abc/x", true],
])("%s: path %s and request %s: match is %s", async (version, path, request, isMatch) => {
  const { routing } = await loadProfile(version);
  expect(compilePath(path, routing).match(normalisePath(request)) !== undefined).toBe(isMatch);
});

test.each([
  ["/a//b/./c/../d", "/a/b/d"],
  ["/a/b/", "/a/b/"],
  ["/%7ea%2fb", "/~a%2Fb"],
  ["/..", "/"],
  ["/", "/"],
])("request path %s is normalised to %s", (path, expected) => {
  expect(normalisePath(path)).toBe(expected);
});

// The table "path handling algorithms" of Kong's documentation of the route object.
test.each([
  { servicePath: "/s", path: "/fv0", handling: "v0", strip: false, requestPath: "/fv0req", expected: "/s/fv0req" },
  { servicePath: "/s", path: "/fv1", handling: "v1", strip: false, requestPath: "/fv1req", expected: "/sfv1req" },
  { servicePath: "/s", path: "/tv0", handling: "v0", strip: true, requestPath: "/tv0req", expected: "/s/req" },
  { servicePath: "/s", path: "/tv1", handling: "v1", strip: true, requestPath: "/tv1req", expected: "/sreq" },
  { servicePath: "/s", path: "/fv0/", handling: "v0", strip: false, requestPath: "/fv0/req", expected: "/s/fv0/req" },
  { servicePath: "/s", path: "/fv1/", handling: "v1", strip: false, requestPath: "/fv1/req", expected: "/sfv1/req" },
  { servicePath: "/s", path: "/tv0/", handling: "v0", strip: true, requestPath: "/tv0/req", expected: "/s/req" },
  { servicePath: "/s", path: "/tv1/", handling: "v1", strip: true, requestPath: "/tv1/req", expected: "/sreq" },
  { servicePath: "/s/", path: "/tv1/", handling: "v1", strip: true, requestPath: "/tv1/req", expected: "/s/req" },
  { servicePath: "/", path: "/tv0", handling: "v0", strip: true, requestPath: "/tv0", expected: "/" },
])(
  "$handling, strip $strip, service $servicePath, route $path: $requestPath reaches the upstream as $expected",
  (row) => {
    const { expected, path, ...choice } = row;
    expect(upstreamPath({ ...choice, rest: choice.requestPath.slice(path.length) })).toBe(expected);
  },
);
