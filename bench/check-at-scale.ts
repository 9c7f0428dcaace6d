import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench, Case } from "./bench.ts";
import { shapes, splitFiles, writeConfiguration } from "./write-configuration.ts";
import type { Shape } from "./write-configuration.ts";

/** A check of the largest installation from files, as a pipeline runs it: the whole command, and the floor of reading. */
export const checkAtScale: Bench = {
  name: "check-at-scale",
  title: "Check of 20,000 routes, 5,000 services and 60,000 plugins from declarative files",
  async prepare(folder) {
    for (const shape of shapes) await writeConfiguration(join(folder, shape), shape);
    const nested = join(folder, "nested.yml");
    const parts = splitFiles.map((name) => join(folder, "split", name));
    return [
      ...shapes.flatMap((shape) => casesOf(shape, join(folder, shape))),
      { ...checkOf("nested.yml: check in a pipeline", [nested], { format: "json" }), variables: { CI: "true" } },
      checkOf("50 times --file: check", parts, { format: "json" }),
      checkOf("nested.yml: check as SARIF", [nested], { format: "sarif" }),
      checkOf("nested.yml: check as Markdown", [nested], { format: "markdown" }),
      ...["nested.yml", "indented.json"].map((shape) =>
        checkOf(`${shape}: --fix-preview`, [join(folder, shape)], { budget: previewBudget, words: ["--fix-preview"] }),
      ),
    ];
  },
};

/** On two cores (issue of the project: 3 s and 500 MB). */
const budget = { wallMs: 3_000, peakMb: 500 } as const;
/** Nobody waits for a preview in a pipeline; it may not take minutes or the memory of a small machine. */
const previewBudget = { wallMs: 8_000, peakMb: 600 } as const;

/** Reading is measured on its own for one shape of each language. */
const readAlone: ReadonlySet<Shape> = new Set(["nested.yml", "compact.json"]);

function casesOf(shape: Shape, path: string): readonly Case[] {
  const check = checkOf(`${shape}: check`, [path], { format: "json" });
  if (!readAlone.has(shape)) return [check];
  const floor = `${shape}: js-yaml load alone`;
  return [
    { name: floor, program: [program("load-yaml.ts"), path] },
    { name: `${shape}: read the entities`, program: [program("read-declarative.ts"), path], floor },
    { ...check, floor },
  ];
}

interface Asked {
  readonly format?: "json" | "sarif" | "markdown";
  readonly words?: readonly string[];
  readonly budget?: Case["budget"];
}

function checkOf(name: string, files: readonly string[], { format, words = [], budget: own = budget }: Asked): Case {
  return {
    name,
    program: [
      program("../../bin/kong-upgrade.js"),
      "check",
      "--from",
      "2.8.5",
      "--to",
      "3.4.2",
      ...files.flatMap((file) => ["--file", file]),
      ...(format === undefined ? [] : ["--format", format]),
      ...words,
    ],
    budget: own,
  };
}

function program(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}
