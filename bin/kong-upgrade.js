#!/usr/bin/env node
// Runs the program on Node 24, which the npm package `node` brings, whatever Node the machine has.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const own = ownNode();
if (own === undefined) giveUp("its packages are not installed; run `npm ci` in its folder first");
const node = existsSync(own) ? own : process.execPath;
if (node !== own && Number(process.versions.node.split(".")[0]) < 24)
  giveUp(
    `this is Node ${process.versions.node}, and the Node 24 that \`npm ci\` brings is missing (${own}); run \`npm rebuild node\` in its folder with scripts allowed, or start it with Node 24`,
  );
const word = process.argv[2] ?? "";

// What Node compiled is kept beside the packages, which a new installation removes together with it: `check` and `plan`
// run often, begin at once and end, and bot and runner start in half the time, without the compiler of TypeScript in their
// memory. A pipeline begins with nothing kept, so keeping would only cost it time.
const kept = join(here, "..", "node_modules", ".cache", "kong-upgrade");
const keeping = process.env.CI === undefined ? { NODE_COMPILE_CACHE: kept } : {};
// Objects of a large file live long: a small space for young ones saves 100 MB and costs no time (bench/README.md). A
// runner starts programs, which takes the longer the more memory it holds.
const youngMb = { check: 8, plan: 8, runner: 2 }[word];
const flags = youngMb === undefined ? [] : [`--max-semi-space-size=${youngMb}`];
const words = [...flags, join(here, "..", "src", "main.ts"), ...process.argv.slice(2)];
const env = { ...keeping, ...process.env };

if (["serve", "runner"].includes(word)) keepRunning();
else finish(spawnSync(node, words, { stdio: "inherit", env }));

/** Hands signals on, so that a runner drains; over the channel the program notices when this process is killed. */
function keepRunning() {
  const child = spawn(node, words, { stdio: ["inherit", "inherit", "inherit", "ipc"], env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (status, signal) => finish({ status, signal }));
}

function ownNode() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
  } catch {
    // Nothing else of the packages is there either.
    return undefined;
  }
}

function giveUp(why) {
  process.stderr.write(`kong-upgrade: ${why}\n`);
  process.exit(1);
}

function finish({ status, signal }) {
  process.exitCode = signal === null ? (status ?? 1) : 1;
}
