import { open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { planAmbushes } from "./ambushes.ts";
import type { Ambush } from "./ambushes.ts";
import { runners } from "./disturbances.ts";
import type { Disturber } from "./disturber.ts";
import type { World } from "./world/world.ts";

export interface AmbusherOptions {
  readonly seed: string;
  readonly disturber: Disturber;
  /** Nothing goes wrong any more. */
  readonly isCalm: () => boolean;
  readonly say: (line: string) => void;
}

/** Waits for steps that must not run twice, and does to their runners what was planned. */
export interface Ambusher extends AsyncDisposable {
  /** How often it did. */
  readonly count: () => number;
}

type Runner = (typeof runners)[number];

interface Beginning {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
}

const lookEveryMs = 25;
/** A program that was not started by then has its runner in other trouble. */
const beginsWithinMs = 20_000;

/** Upgrades have to come to an end: the attempts after these are left alone. */
const lastAttempt = 2;

/** Listens to the record past every link: a random kill hits the moment of a command that counts about never. */
export function lieInWait(world: World, options: AmbusherOptions): Ambusher {
  const seen = new Set<string>();
  const plan = planAmbushes(options.seed);
  const ending = new AbortController();
  let count = 0;
  const look = async (id: UpgradeId): Promise<void> => {
    if (options.isCalm()) return;
    const upgrade = await world.record.find(id);
    const current = upgrade?.status === "active" ? currentStep(upgrade) : undefined;
    if (current?.progress.kind !== "running") return;
    const { step, progress } = current;
    const mustRunOnce = step.class === "irreversible" || (step.class === "disruptive" && !step.isIdempotent);
    if (!mustRunOnce || progress.attempt > lastAttempt) return;
    const beginning = { upgradeId: id, stepId: step.id, attempt: progress.attempt };
    const key = `${id}/${step.id}/${progress.attempt}`;
    const runner = runners.find((each) => each === progress.runnerId);
    if (runner === undefined || seen.has(key)) return;
    seen.add(key);
    const { value: ambush } = plan.next();
    if (ambush.kind === "none") return;
    if (!(await spring(world, { ...options, runner, beginning, signal: ending.signal }, ambush))) return;
    count += 1;
  };
  const listening = world.record.listen((change) => {
    // While the database is away nothing starts either.
    if (change.kind === "changed") void look(change.id).catch(() => undefined);
  });
  return {
    count: () => count,
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await listening[Symbol.asyncDispose]();
    },
  };
}

interface Springing extends AmbusherOptions {
  readonly runner: Runner;
  readonly beginning: Beginning;
  readonly signal: AbortSignal;
}

async function spring(
  { executionsFile }: World,
  { disturber, isCalm, say, runner, beginning, signal }: Springing,
  ambush: Exclude<Ambush, { kind: "none" }>,
): Promise<boolean> {
  const { upgradeId, stepId, attempt } = beginning;
  const where = `${runner} at ${upgradeId} ${stepId} attempt ${attempt}`;
  if (ambush.kind === "freeze") {
    const { forMs } = ambush;
    disturber.begin({ kind: "stop", victim: runner, forMs });
    disturber.begin({ kind: "partition", link: `${runner}>postgres`, how: "cut", forMs });
    say(`⚡ ambush: SIGSTOP and cut off ${where} for ${forMs} ms`);
    return true;
  }
  const waitsForBegin = ambush.kind === "reboot" || ambush.when === "begun";
  if (waitsForBegin && !(await isBegun(executionsFile, beginning, signal))) return false;
  await delay(ambush.afterMs, undefined, { signal }).catch(() => undefined);
  if (isCalm()) return false;
  if (ambush.kind === "reboot") {
    disturber.begin({ kind: "reboot", victim: runner, forMs: ambush.forMs });
    say(`⚡ ambush: reboot of the machine of ${where}, up again after ${ambush.forMs} ms`);
    return true;
  }
  disturber.begin({ kind: "kill", victim: runner });
  say(`⚡ ambush: SIGKILL ${where}, ${ambush.when}`);
  return true;
}

/** Reads only what is new in the file of executions, so that waiting costs next to nothing. */
async function isBegun(file: string, beginning: Beginning, signal: AbortSignal): Promise<boolean> {
  const marker = `#${beginning.upgradeId}/${beginning.stepId}/${beginning.attempt}\t`;
  const deadline = performance.now() + beginsWithinMs;
  await using handle = await open(file, "r");
  let text = "";
  // An execution is a line of some 200 bytes.
  let position = Math.max(0, (await handle.stat()).size - 20_000);
  while (!signal.aborted && performance.now() < deadline) {
    const { size } = await handle.stat();
    if (size > position) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - position), 0, size - position, position);
      position += bytesRead;
      text = `${text.slice(-1_000)}${buffer.toString("utf8", 0, bytesRead)}`;
      if (text.includes(marker)) return true;
    }
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
