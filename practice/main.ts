import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { claimFolder } from "./world/claim.ts";
import { startOver } from "./world/start-over.ts";
import { startWorld } from "./world/world.ts";

const defaultPort = 4390;
/** When something does not close, the process ends all the same. */
const hardStopMs = 4_800;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const fail = (line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(1);
};

const { port, isFresh, dataDir } = readArguments();
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
stop.signal.addEventListener("abort", () => {
  say("\nstopping …");
  setTimeout(() => process.exit(1), hardStopMs).unref();
});

const release = await claimFolder(dataDir).catch((error: unknown) => fail(messageOf(error)));
if (isFresh) await startOver(dataDir);
say(`kong-upgrade practice — a simulator: no real Slack, no real Kong. Data: ${dataDir}`);
const world = await startWorld({
  dataDir,
  port,
  env: process.env,
  soak: { duration: "8s", sampleEvery: "1s", baseline: "4s" },
  onDeath: (name, how) => {
    if (!stop.signal.aborted) say(`${name} ended (${how}); see ${join(dataDir, "logs")}. It is started again.`);
  },
}).catch((error: unknown) => fail(explain(error)));

if (!stop.signal.aborted) {
  for (const note of world.notes) say(note);
  say("");
  say(`  Open   ${world.workspace.address}`);
  say("  Type   /kong-upgrade plan practice --to 3.4.2      (as alice, in #kong-practice)");
  say("");
  say("Ctrl-C ends everything; the next start goes on where this one ended (`-- --fresh` starts over).");
  await new Promise<void>((done) => stop.signal.addEventListener("abort", () => done(), { once: true }));
}
await world.stop();
await release();
process.exit(0);

function readArguments(): { readonly port: number; readonly isFresh: boolean; readonly dataDir: string } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: String(defaultPort) },
        fresh: { type: "boolean", default: false },
        data: { type: "string" },
      },
    });
    const number = Number(values.port);
    if (!Number.isInteger(number) || number < 1 || number > 65_535)
      return fail(`--port ${values.port}: expected a number from 1 to 65535`);
    return {
      port: number,
      isFresh: values.fresh,
      dataDir: resolve(values.data ?? join(import.meta.dirname, "..", ".practice")),
    };
  } catch (error) {
    return fail(`${messageOf(error)}\nusage: npm run practice -- [--port N] [--fresh] [--data DIR]`);
  }
}

function explain(error: unknown): string {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  return isTaken
    ? `port ${port} is taken; choose another one: npm run practice -- --port ${port + 1}`
    : messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
