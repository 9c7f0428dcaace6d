import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { importsOf, readSources, withoutComments } from "#test/support/source-tree.ts";

/** Threats of SECURITY.md's table, each of which is said to be stopped. */
function threats(): readonly string[] {
  const text = readFileSync(new URL("../SECURITY.md", import.meta.url), "utf8");
  return [...text.matchAll(/^\| (T\d\d) \|/gmu)].map(([, id]) => id ?? "");
}

test("every threat that is said to be stopped has a test that begins with its number", () => {
  const found = readSources("test").flatMap(({ text }) => [...text.matchAll(/["`](T\d\d): /gu)].map(([, id]) => id));
  const titles = new Set(found);
  const ids = threats();
  expect(ids.length).toBeGreaterThan(30);
  expect(ids.filter((id) => !titles.has(id))).toEqual([]);
});

test("no number stands for two threats, and none is left out", () => {
  expect(threats()).toEqual(threats().map((_, index) => `T${String(index + 1).padStart(2, "0")}`));
});

/** Everything that is loaded with a file of the program. */
function loadedWith(first: string, without?: string): ReadonlyMap<string, string> {
  const sources = new Map(readSources("src", "approvals", "commands").map((file) => [file.path, file]));
  const loaded = new Map<string, string>();
  const open = [first];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const file = sources.get(path);
    if (file === undefined || loaded.has(path) || path === without) continue;
    loaded.set(path, withoutComments(file.text));
    open.push(...importsOf(file).flatMap(({ target, isOwn, isTypeOnly }) => (isOwn && !isTypeOnly ? [target] : [])));
  }
  return loaded;
}

/** What reads a secret of Kong, asks its database or its Admin API, or starts a program near it. */
const handlers = (path: string, text: string): boolean =>
  path === "src/config/secrets.ts" ||
  /^src\/discovery\/(?!files\/)/u.test(path) ||
  /^src\/run\/(?!queue\/)/u.test(path) ||
  /\bsecretsFrom\(/u.test(text);

test("T35: nothing that is loaded for the Slack side reads a secret of Kong, speaks to Kong or starts its programs", () => {
  const found = (first: string): readonly string[] =>
    [...loadedWith(first, "src/boot-runner.ts")].filter(([path, text]) => handlers(path, text)).map(([path]) => path);
  expect(loadedWith("src/boot-serve.ts", "src/boot-runner.ts").size).toBeGreaterThan(100);
  expect(found("src/boot-serve.ts")).toEqual([]);
  // The runner's half is loaded by name, and only with --with-runner.
  const serve = readSources("src").find(({ path }) => path === "src/boot-serve.ts")?.text;
  expect(serve).toMatch(/if \(!request\.withRunner\) return[^]*await import\("\.\/boot-runner\.ts"\)/u);
});

/** What opens a private key, and what speaks to Slack. */
const keepers = (path: string, text: string): boolean =>
  path.startsWith("src/slack/") ||
  path === "src/signing/key-ring.ts" ||
  (path !== "src/signing/signing-key.ts" && /\b(?:loadOrCreateKey|parseSigningKey)\(/u.test(text));

test("T32: nothing that is loaded for a runner opens a private key or speaks to Slack", () => {
  const found = (first: string): readonly string[] =>
    [...loadedWith(first)].filter(([path, text]) => keepers(path, text)).map(([path]) => path);
  expect(loadedWith("src/boot-runner.ts").size).toBeGreaterThan(50);
  expect(found("src/boot-runner.ts")).toEqual([]);
  expect(found("src/boot-serve.ts")).toEqual(expect.arrayContaining(["src/signing/key-ring.ts", "src/slack/app.ts"]));
});
