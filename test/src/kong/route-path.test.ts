import { expect, test } from "vitest";
import { isChangedByNormalising, migratedPath, normalisedPlainPath } from "#src/kong/route-path.ts";

// Expected values: Kong/kong 3.4.2 kong/db/migrations/migrate_path_280_300.lua and kong/tools/uri.lua, by hand.
test.each([
  ["/users", "/users"],
  ["/v1.0/items", "/v1.0/items"],
  ["/a%7Eb", "/a~b"],
  ["/caf%c3%a9", "/café"],
  ["/a%2fb%20c", "/a%2Fb c"],
  ["/x//y/./z/../w", "/x/y/w"],
  ["/x/..", "/"],
  ["/x/.", "/x/"],
  ["/x//", "/x/"],
  ["/../x", "/x"],
  ["/x/%2e%2e/y", "/y"],
  ["/...", "/..."],
  [String.raw`/users/\d+$`, String.raw`~/users/\d+$`],
  ["/a%20(b|c)", "~/a (b|c)"],
  ["/x%2e(y)%5cz", String.raw`~/x\.(y)\\z`],
  [String.raw`/q%2f\d%3f`, String.raw`~/q%2F\d%3F`],
  ["/a//(b)", "~/a//(b)"],
  ["~/a%20(b)", "~/a (b)"],
  ["~/a//b", "~/a//b"],
  [String.raw`~/y/\d+`, String.raw`~/y/\d+`],
  ["/ünïcode", "~/ünïcode"],
])("the migration to 3.0 makes of %s %s", (path, migrated) => {
  expect(migratedPath(path)).toBe(migrated);
});

test("what is encoded and no text is not migrated", () => {
  expect(migratedPath("/a%ff")).toBe(undefined);
  expect(migratedPath("/a%ff(b)")).toBe(undefined);
  expect(isChangedByNormalising("/a%ff")).toBe(true);
});

test.each([
  ["/x//y", "/x/y"],
  ["/x//(y)", "/x//(y)"],
  ["~/x//y", "~/x//y"],
])("only plain paths get their normal form: %s", (path, normal) => {
  expect(normalisedPlainPath(path)).toBe(normal);
});
