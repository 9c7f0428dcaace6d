#!/usr/bin/env node
// Runs the program on Node 24, which the npm package `node` brings, whatever Node the machine has.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const own = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
const node = existsSync(own) ? own : process.execPath;
const { status, signal } = spawnSync(node, [join(here, "..", "src", "main.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = signal === null ? (status ?? 1) : 1;
