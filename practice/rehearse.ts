import { parseArgs } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import { faults, mainJob } from "./scenarios/catalogue.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { openStage } from "./scenarios/stage.ts";
import type { Stage } from "./scenarios/stage.ts";

const usage = "usage: npm run rehearse -- in-place [--fault NAME] | --list";
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const fail = (line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(2);
};

const scenario = choose();
let current: Stage | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(130), 4_800).unref();
    void (current?.[Symbol.asyncDispose]() ?? Promise.resolve()).finally(() => process.exit(130));
  });
}
say(`Rehearsal: ${scenario.summary}`);
say("(a simulator: no real Slack, no real Kong; the bot, the runner and PostgreSQL are real)\n");
const startedAt = Date.now();
try {
  const tally = await scenario.run(async (special) => {
    current = await openStage({ print: say, env: process.env, ...special });
    for (const note of current.world.notes) say(note);
    return current;
  });
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  say(
    `\n✔ ${scenario.name}: ${tally.stepsDone} steps done, ${tally.approvals} approvals, ${tally.events} events, the exported record verified off-line (${seconds} s)`,
  );
  process.exit(0);
} catch (error) {
  process.stderr.write(`\n✘ ${scenario.name}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function choose(): Scenario {
  const { values, positionals } = readArguments();
  if (values.list) {
    say(`in-place\n    ${mainJob.summary}\n\nwith --fault:`);
    for (const fault of faults) say(`  ${fault.name}\n    ${fault.summary}`);
    process.exit(0);
  }
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) return fail(usage);
  if (name !== "in-place") return fail(`there is no rehearsal “${name}”; there is: in-place\n${usage}`);
  if (values.fault === undefined) return mainJob;
  const found = faults.find((fault) => fault.name === values.fault);
  return found ?? fail(`there is no fault “${values.fault}”${suggestion(values.fault)}\n${usage}`);
}

function suggestion(word: string): string {
  const near = closest(
    word,
    faults.map((fault) => fault.name),
  );
  return distance(word, near) <= 4 ? `; did you mean ${near}?` : "; --list shows them";
}

function readArguments(): {
  readonly values: { readonly fault?: string | undefined; readonly list: boolean };
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { fault: { type: "string" }, list: { type: "boolean", default: false } },
    });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
