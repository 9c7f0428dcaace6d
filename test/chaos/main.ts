/** `npm run chaos -- --minutes N [--seed S]`: upgrades while everything goes wrong, and whether that was survived. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runChaos } from "./run.ts";
import { removeWorld, startWorld } from "./world/world.ts";

const { minutes, seed, program } = readArguments();
const startedAt = Date.now();
const say = (line: string): void =>
  void process.stdout.write(`${((Date.now() - startedAt) / 1_000).toFixed(1)} ${line}\n`);
const again = `npm run chaos -- --minutes ${minutes} --seed ${seed}`;
say(`chaos for ${minutes} minutes with seed ${seed}; the same again: ${again}`);

const world = await startWorld({ env: process.env, program });
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(name, () => {
    setTimeout(() => process.exit(130), 9_000).unref();
    void Promise.resolve(world[Symbol.asyncDispose]()).finally(() => process.exit(130));
  });
}
let failed: string | undefined;
try {
  const { violations, ...figures } = await runChaos(world, { seed, durationMs: minutes * 60_000, say });
  say(JSON.stringify(figures));
  if (violations.length > 0) failed = violations.map((each) => `✘ ${each}`).join("\n");
} catch (error) {
  failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
}
await world[Symbol.asyncDispose]();
if (failed === undefined) {
  await removeWorld(world);
  say("✔ every invariant holds");
  process.exit(0);
}
process.stderr.write(`${failed}\nseed ${seed}; the same again: ${again}\nlogs: ${join(world.dataDir, "logs")}\n`);
process.exit(1);

function readArguments(): { readonly minutes: number; readonly seed: string; readonly program: string | undefined } {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      seed: { type: "string", default: randomBytes(4).toString("hex") },
      program: { type: "string" },
    },
  });
  const number = Number(values.minutes);
  if (!(number > 0 && number <= 600)) {
    process.stderr.write(`--minutes ${values.minutes}: expected a number up to 600\n`);
    process.exit(2);
  }
  return { minutes: number, seed: values.seed, program: values.program };
}
