import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench, Case } from "./bench.ts";
import { shapes, writeConfiguration } from "./large-configuration.ts";
import type { Shape } from "./large-configuration.ts";

/** A check of the largest installation from a file: 3 s and 500 MB on two cores, of which reading is a part. */
export const checkAtScale: Bench = {
  name: "check-at-scale",
  title: "Check of 20,000 routes, 5,000 services and 60,000 plugins from a declarative file",
  async prepare(folder) {
    for (const shape of shapes) await writeConfiguration(join(folder, shape), shape);
    return shapes.flatMap((shape) => casesOf(shape, join(folder, shape)));
  },
};

function casesOf(shape: Shape, file: string): readonly Case[] {
  const load = `${shape}: js-yaml load alone`;
  return [
    { name: `${shape}: read the bytes`, program: [program("read-bytes.ts"), file] },
    { name: load, program: [program("load-yaml.ts"), file] },
    {
      name: `${shape}: read the entities`,
      program: [program("read-declarative.ts"), file],
      floor: load,
    },
    // The whole command belongs here:
    // program: ["bin/kong-upgrade.js", "check", "--from", "2.8.5", "--to", "3.4.2", "--file", file],
    // budget: { wallMs: 3_000, peakMb: 500 }
  ];
}

function program(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}
