/** `npm run chaos -- --minutes N [--seed S]`: upgrades while everything goes wrong; CONTRIBUTING.md tells the other words. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runChaos } from "./run.ts";
import { databaseFolder, endLeftovers } from "./world/leftovers.ts";
import { startWorld } from "./world/world.ts";

const { minutes, seed, program, onlyAmbushes, stopsAtFirst } = readArguments();
const startedAt = Date.now();
const say = (line: string): void =>
  void process.stdout.write(`${((Date.now() - startedAt) / 1_000).toFixed(1)} ${line}\n`);
const again = `npm run chaos -- --minutes ${minutes} --seed ${seed}${onlyAmbushes ? " --only-ambushes" : ""}`;
const dataDir = await mkdtemp(join(tmpdir(), "kong-upgrade-chaos-"));
say(`chaos for ${minutes} minutes with seed ${seed}; the same again: ${again}`);
say(`everything lies in ${dataDir}`);

// From before the first process on: whatever ends this one, none of the others is left.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => leave(128 + constants.signals[name], `ended by ${name}`));
process.on("uncaughtException", (error) => fail(error.stack ?? error.message));

try {
  const world = await startWorld({ env: process.env, program, dataDir });
  say("the world is there");
  const options = { seed, durationMs: minutes * 60_000, onlyAmbushes, stopsAtFirst, say };
  const { violations, ...figures } = await runChaos(world, options);
  say(JSON.stringify(figures));
  if (violations.length > 0) fail(violations.map((each) => `✘ ${each}`).join("\n"));
  await world[Symbol.asyncDispose]();
} catch (error) {
  fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
say("✔ every invariant holds");
leave(0);

/** What the world wrote is left for whoever looks into it. */
function fail(problem: string): never {
  say("✘ failed");
  endLeftovers(dataDir);
  process.stderr.write(`${problem}\nseed ${seed}; the same again: ${again}\nlogs: ${join(dataDir, "logs")}\n`);
  process.exit(1);
}

function leave(status: number, why?: string): never {
  const left = endLeftovers(dataDir);
  for (const folder of [databaseFolder(dataDir), dataDir]) rmSync(folder, { recursive: true, force: true });
  if (left.length > 0) process.stderr.write(`these processes would not end: ${left.join(", ")}\n`);
  if (why !== undefined) process.stderr.write(`${why}; seed ${seed}; the same again: ${again}\n`);
  process.exit(status);
}

function readArguments(): {
  readonly minutes: number;
  readonly seed: string;
  readonly program: string | undefined;
  readonly onlyAmbushes: boolean;
  readonly stopsAtFirst: boolean;
} {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      seed: { type: "string", default: randomBytes(4).toString("hex") },
      program: { type: "string" },
      "only-ambushes": { type: "boolean", default: false },
      "stop-at-first": { type: "boolean", default: false },
    },
  });
  const number = Number(values.minutes);
  if (!(number > 0 && number <= 600)) {
    process.stderr.write(`--minutes ${values.minutes}: expected a number up to 600\n`);
    process.exit(2);
  }
  return {
    minutes: number,
    seed: values.seed,
    program: values.program,
    onlyAmbushes: values["only-ambushes"],
    stopsAtFirst: values["stop-at-first"],
  };
}
