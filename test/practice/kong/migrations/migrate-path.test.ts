import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlain, migratePath } from "#practice/kong/migrations/migrate-path.ts";

test.each([
  ["/orders", "/orders"],
  ["/users/\\d+/profile$", "~/users/\\d+/profile$"],
  ["/v1/(?<id>x)", "~/v1/(?<id>x)"],
  ["/files/caf%c3%a9", "/files/caf%C3%A9"],
  ["/files/%7Ereports", "/files/~reports"],
  ["/a+b", "~/a+b"],
  ["~/orders", "~/orders"],
  ["~/orders/\\d+", "~~/orders/\\d+"],
])("%s becomes %s", (before, after) => {
  expect(migratePath(before)).toBe(after);
});

test("a plain path stays plain and is normalised once and for all", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\/([a-z0-9._~-]|%[0-9a-fA-F]{2}|\/){0,12}$/), (path) => {
      fc.pre(isPlain(path));
      const once = migratePath(path);
      expect(isPlain(once)).toBe(true);
      expect(once.startsWith("/")).toBe(true);
    }),
  );
});
