import { execFile } from "node:child_process";
import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { bounds } from "#src/discovery/files/bounds.ts";
import { readFiles } from "#src/discovery/files/read-files.ts";
import { folderWith } from "./folder.ts";
import { problemOf, readDeclarativeText, today } from "./reading.ts";

// Each of these is over in time because of the test's own limit: what takes quadratic time, or waits, is not.

const size = 10 * 1024 * 1024;

function many(text: string, characters = size): string {
  return text.repeat(Math.ceil(characters / text.length));
}

function laughs(): string {
  const names = "abcdefghijklmnop".split("");
  const lines = names.map((name, index) => {
    const before = names[index - 1];
    return `${name}: &${name} [${Array.from({ length: 9 }, () => (before === undefined ? "lol" : `*${before}`)).join(", ")}]`;
  });
  return `_format_version: "3.0"\n${lines.join("\n")}\nservices: []\n`;
}

const head = `_format_version: "3.0"\n`;

/** What is read is a trouble with its line, and what to do. */
const broken: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  [
    "a circle of anchors",
    `${head}services: &a [*a]\n`,
    /:2: an alias \(\*name\) stands inside the value it stands for/u,
  ],
  ["a circle over a merge key", `${head}services:\n- &a\n  <<: *a\n`, /stands inside the value it stands for/u],
  ["a billion laughs", laughs(), /:8: aliases stand for more than 2000000 values; write them out/u],
  [
    "aliases that multiply",
    `${head}x: &x [${many("1,", 200_000)}]\nservices:\n${many("- { name: a, tags: *x }\n", 100_000)}`,
    /aliases stand for more than/u,
  ],
  [
    "aliases nested too deeply",
    Array.from({ length: 200 }, (_, n) => `a${n}: &a${n} { x: ${n === 0 ? "1" : `*a${n - 1}`} }`).join("\n"),
    /aliases nest more than 100 levels/u,
  ],
  [
    "an alias of nothing",
    `${head}services:\n- host: *.example.com\n`,
    /:3: an alias \(\*name\) has no anchor .* put a text that begins with \* in quotes/u,
  ],
  ["a tab in the indentation", `${head}services:\n\t- name: a\n`, /:3: not valid YAML: a tab in the indentation/u],
  [
    "YAML cut in a text",
    `${head}services:\n- name: a\n- name: "b`,
    /:4: not valid YAML: a quoted text without its closing quote; is the file truncated\?/u,
  ],
  [
    "JSON cut in a text",
    `{"_format_version":"3.0",\n"services":[{"name":"a"},\n{"name":"b`,
    /:3: the text ends in the middle of a JSON object; is the file truncated\?/u,
  ],
  ["JSON cut after a key", `{"_format_version"`, /:1: the text ends in the middle/u],
  [
    "binary garbage",
    Uint8Array.from({ length: 100_000 }, (_, index) => ((index * 7919 + 13) % 251) + 1),
    /is not UTF-8 text; save it as UTF-8/u,
  ],
  [
    "control characters",
    `${head}services:\n- name: \u0001\u0002\n`,
    /:3: not valid YAML: a character that cannot be printed/u,
  ],
  [
    "UTF-16",
    Buffer.from("\uFEFFservices: []\n", "utf16le"),
    /is in UTF-16, as PowerShell's > writes it; save it as UTF-8/u,
  ],
  ["a NUL byte", `${head}services: \0\n`, /is not a text file: there is a NUL byte on line 2/u],
  ["brackets 100,000 deep", "[".repeat(100_000), /:1: not valid YAML: more than 100 levels of nesting/u],
  [
    "objects 100,000 deep",
    `${head}services:\n- ${"{a: ".repeat(100_000)}`,
    /:3: not valid YAML: more than 100 levels/u,
  ],
  [
    "JSON 100,000 deep",
    `{"_format_version":"3.0","services":[${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}]}`,
    /more than 100 levels/u,
  ],
  ["lists 100,000 deep", "- ".repeat(100_000), /more than 100 levels/u],
  ["keys 100,000 deep", "? ".repeat(100_000), /more than 100 levels/u],
  [
    "mappings 2,000 deep",
    Array.from({ length: 2_000 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
    /more than 100 levels/u,
  ],
  ["nothing", "", /kong\.yml: is empty; a declarative file was expected/u],
  ["blank lines", "\n\n   \n", /is empty/u],
  ["comments only", "# nothing\n", /holds nothing but comments/u],
  [
    "a login page",
    "<!DOCTYPE html>\n<html><body>login</body></html>\n",
    /:1: is a web page, perhaps of a login or a proxy/u,
  ],
  ["a list", "- a\n- b\n", /:1: expected a mapping with _format_version and lists such as services, found a list/u],
  ["a text", "just text\n", /:1: expected a mapping .*, found a text/u],
  [
    "an answer of the Admin API",
    '{"data":[{"name":"a"}],"next":null}',
    /:1: has neither _format_version nor entities/u,
  ],
];

test.each(broken)("%s is told with its place and what to do", async (_, text, problem) => {
  const reading = await readDeclarativeText(text);
  expect(problemOf(reading, "entities")).toMatch(problem);
});

test.each([
  ["brackets", many("[")],
  ["pairs of brackets", `a: [${many("[],")}`],
  ["items without end", `[${many("a,")}`],
  ["pairs without end", `[${many("a: b,")}`],
  ["one key again and again", many("a: 1\n")],
  ["one key again and again in a mapping", `${head}services:\n- {${many("a: 1, ")}}\n`],
  ["different keys", Array.from({ length: 600_000 }, (_, n) => `k${n}: 1\n`).join("")],
  ["documents", many("--- a\n")],
  ["document ends", many("...\n")],
  ["directives", many("%YAML 1.2\n")],
  ["dashes", many("-\n")],
  ["colons", many(": ")],
  ["question marks", many("? ")],
  ["quotes", many('"')],
  ["single quotes", many("'")],
  ["anchors", many("&a ")],
  ["tags", many("! ")],
  ["anchors and tags in turn", many("&a\n!b\n")],
  ["a text over many lines", `a: "${many("x\n")}`],
  ["closing brackets", `a: [\n${many("]\n")}`],
  ["byte order marks", many("\uFEFF#\n")],
  ["items with a broken one at the end", `${head}services:\n${many("- name: x\n", 2_000_000)}- name: [\n`],
  ["items that are all broken", `${head}services:\n${many("- name: x\n  y\n", 2_000_000)}`],
])("10 MB of YAML that is nothing but %s ends in a problem", async (_, text) => {
  const reading = await readDeclarativeText(text);
  expect(reading.inventory.inputs.entities.kind).toMatch(/^(?:failed|partly)$/u);
  expect(problemOf(reading, "entities").length).toBeLessThan(10_000);
});

test("of what repeats without end the beginning is read, and the bound is told once", async () => {
  const documents = await readDeclarativeText(`${head}services: [{ name: a }]\n${many("---\nroutes:\n", 300_000)}`);
  expect(documents.inventory.entities).toHaveLength(1);
  expect(problemOf(documents, "entities")).toBe("kong.yml:20001: more than 10000 documents; the rest was not read");
  const keys = await readDeclarativeText(`${head}services: [{ name: a }]\n${many("a: 1\n", 200_000)}`);
  expect(keys.inventory.entities).toHaveLength(1);
  expect(problemOf(keys, "entities")).toBe(
    "kong.yml:10001: more than 10000 keys in the outermost mapping; the rest was not read",
  );
  const aliases = await readDeclarativeText(`${laughs()}routes: [{ name: a }]\n`);
  expect(problemOf(aliases, "entities")).toBe(
    "kong.yml:8: aliases stand for more than 2000000 values; write them out or use fewer",
  );
});

test("of JSON that is cut off, what is complete is read", async () => {
  const { inventory } = await readDeclarativeText(
    '{"_format_version":"3.0","services":[{"name":"a"},{"name":"b"},{"name":"c',
  );
  expect(inventory.entities.map(({ name }) => name)).toEqual(["a", "b"]);
});

test.each([
  ["a block text", `${head}services:\n- name: a\n  path: |\n${many("    x\n", 4_000_000)}`],
  [
    "a text without secrets that looks like many",
    `${head}services:\n- name: a\n  path: "${many("token= a.a", 4_000_000)}"\n`,
  ],
  ["a number", `${head}services:\n- name: a\n  port: ${many("1")}\n`],
  ["blank space", `${head}services:\n- name: a\n${many(" ")}`],
  ["items in one line of JSON", `{"_format_version":"3.0","services":[${many('{"name":"a"},')}{"name":"a"}]}`],
])("megabytes of %s are read", async (_, text) => {
  const reading = await readDeclarativeText(text);
  expect(problemOf(reading, "entities")).toBe("(read)");
  expect(reading.inventory.entities[0]?.name).toBe("a");
});

test("keys that would change a prototype change nothing", async () => {
  const text = `{"_format_version":"3.0","__proto__":{"polluted":1},"services":[{"name":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]}`;
  for (const each of [
    text,
    text.replaceAll(/[{}]/gu, (bracket) => `${bracket} `),
    `${head}__proto__:\n  polluted: 1\nservices:\n- name: a\n  __proto__:\n    polluted: 1\n`,
  ]) {
    const { inventory } = await readDeclarativeText(each);
    expect(inventory.entities.map(({ name }) => name)).toEqual(["a"]);
    expect(Object.getPrototypeOf(inventory.entities[0]?.fields)).toBe(Object.prototype);
    expect(inventory.entities[0]?.fields["polluted"]).toBeUndefined();
    expect("polluted" in {}).toBe(false);
  }
});

test("line ends of Windows and a byte order mark are no problem", async () => {
  const text = `\uFEFF${head}services:\n- name: a\n  routes:\n  - name: r\n    paths: [\n    /x\n    ]\n`.replaceAll(
    "\n",
    "\r\n",
  );
  const { inventory } = await readDeclarativeText(text);
  expect(inventory.entities.map(({ name, place }) => [name, place?.line])).toEqual([
    ["a", 3],
    ["r", 5],
  ]);
  expect(inventory.entities[1]?.fields).toEqual({ name: "r", paths: ["/x"] });
  expect(inventory.inputs.declarative).toEqual({ kind: "read" });
});

test("separators of Unicode end no line", async () => {
  const text = `${head}note: |\n  a\u2028routes: []\nservices:\n- name: "a\u2028b: []"\n- name: b\n`;
  const { inventory } = await readDeclarativeText(text);
  expect(inventory.declarativeFiles[0]?.topLevel.map(({ key }) => key)).toEqual([
    "_format_version",
    "note",
    "services",
  ]);
  expect(inventory.entities.map(({ name, place }) => [name, place?.line])).toEqual([
    ["a\u2028b: []", 5],
    ["b", 6],
  ]);
});

describe("paths", () => {
  const run = promisify(execFile);

  test("what is no regular file is told at once: folders, pipes, devices", async () => {
    const folder = await folderWith({ "a.yml": `${head}services: []\n` });
    await run("mkfifo", [join(folder, "pipe.yml")]);
    const paths = ["pipe.yml", "a.yml"].map((name) => join(folder, name));
    const reading = await readFiles({ declarative: [...paths, "/dev/zero"], conf: [folder] }, today);
    expect(problemOf(reading, "declarative").split("; ").toSorted()).toEqual([
      "/dev/zero: is not a regular file (a pipe, socket or device)",
      "give a file",
      "give a file",
      "pipe.yml: is not a regular file (a pipe, socket or device)",
    ]);
    expect(problemOf(reading, "configuration")).toBe(": is a folder; a file was expected");
  });

  test("links are followed, and a loop of them ends", async () => {
    const folder = await folderWith({ "real/kong.yml": `${head}services:\n- name: a\n` });
    await symlink(join(folder, "real"), join(folder, "real", "again"));
    await symlink("self.yml", join(folder, "real", "self.yml"));
    await symlink(join(folder, "real", "kong.yml"), join(folder, "link.yml"));
    const reading = await readFiles({ declarative: [folder] }, today);
    expect(reading.inventory.entities).toHaveLength(2);
    expect(problemOf(reading, "declarative")).toBe("real/self.yml: is a symbolic link that leads to itself");
  });

  test.skipIf(process.getuid?.() === 0)("a file that may not be read is told", async () => {
    const folder = await folderWith({ "kong.yml": head });
    await chmod(join(folder, "kong.yml"), 0o000);
    const reading = await readFiles({ declarative: [join(folder, "kong.yml")] }, today);
    expect(problemOf(reading, "declarative")).toBe("kong.yml: may not be read by this user; give it read permission");
  });

  test("too many files, too deep folders and a file that is too large are told, and the rest is read", async () => {
    const folder = await folderWith({
      ...Object.fromEntries(Array.from({ length: bounds.files + 1 }, (_, n) => [`files/${n}.sh`, "curl"])),
      "large.conf": many("#", bounds.smallFileBytes + 1),
    });
    const deep = join(folder, ...Array.from({ length: bounds.folderDepth + 2 }, () => "d"));
    await mkdir(deep, { recursive: true });
    const reading = await readFiles(
      { scripts: [join(folder, "files")], conf: [join(folder, "large.conf")], dashboards: [join(folder, "d")] },
      today,
    );
    expect(reading.inventory.scripts).toHaveLength(bounds.files);
    expect(problemOf(reading, "scripts")).toBe("files: more than 2000 files; the rest was not read");
    expect(problemOf(reading, "configuration")).toBe("large.conf: is larger than 1 MB and was not read; split it");
    expect(problemOf(reading, "dashboards")).toMatch(/lies more than 20 folders deep; not read$/u);
  });
});
