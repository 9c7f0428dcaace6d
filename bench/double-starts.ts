import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Actor } from "#src/upgrade/identity.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { startPostgres } from "#test/chaos/world/servers.ts";
import type { RedisServer, Server } from "#test/chaos/world/servers.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { seeded } from "#test/support/seeded.ts";
import type { FigureBench } from "./figures.ts";
import { openSite, startBenchRunner, startBot } from "./stage/product.ts";
import type { Site } from "./stage/product.ts";
import type { Program } from "./stage/program.ts";
import { openRedis, urlOf } from "./stage/redis.ts";
import { seedSteps, shellStep } from "./stage/upgrades.ts";

const kills = 100;
const steps = 12;
/** How long BullMQ waits for a silent worker here, and how long a stopped runner is silent. */
const lockMs = 1_000;
const stopForMs = 2_500;
/** A busy machine does not come to all kills in time; the remark below the table tells how many there were. */
const longestMs = 150_000;
const clocks = { "runner-1": 60_000, "runner-2": -60_000, "runner-3": 0 } as const;
const names = ["runner-1", "runner-2", "runner-3"] as const;
type Name = (typeof names)[number];
const actor: Actor = { kind: "terminal", account: "bench", host: "bench" };
const by = inSlack(alice);

/** Steps that must not run twice, while everything that could make them dies; counted where they are executed. */
export const doubleStarts: FigureBench = {
  name: "double-starts",
  title: "Double starts while runners, PostgreSQL and Redis die",
  async takeFigures(folder, stack) {
    const postgres = stack.use(await startPostgres(join(folder, "postgres")));
    const redis = await openRedis(folder, stack);
    const redisUrl = redis === undefined ? undefined : urlOf(redis);
    const site = await openSite({ folder, databaseUrl: postgres.urlOf("postgres"), redisUrl }, stack);
    const executionsFile = join(folder, "executions");
    stack.use(await startBot(site, "bot"));
    const crew = await openCrew(site);
    stack.defer(() => crew.end());

    const over = new AbortController();
    const driving = drive(site, executionsFile, over.signal);
    const done = await disturb(crew, { postgres, redis });
    over.abort();
    await driving;
    await crew.end();

    const executed = await readExecuted(executionsFile);
    const claimed = await readClaimed(site);
    const doubles = executed.length - new Set(executed).size;
    const unclaimed = executed.filter((attempt) => !claimed.has(attempt)).length;
    if (executed.length < done.kills / 2) throw new Error(`only ${executed.length} steps ran; that proves nothing`);
    return {
      figures: [
        {
          what: "attempts executed twice",
          unit: "times",
          ours: doubles,
          samples: executed.length,
          budget: { most: 0 },
        },
        {
          what: "executions without a claim",
          unit: "times",
          ours: unclaimed,
          samples: executed.length,
          budget: { most: 0 },
        },
      ],
      remarks: [
        `Done meanwhile: ${done.kills} SIGKILLs of runners, ${done.stops} SIGSTOPs of ${stopForMs} ms (BullMQ's lock: ${lockMs} ms), PostgreSQL killed ${done.postgres} times, ${redis === undefined ? "no Redis (not installed here)" : `Redis killed ${done.redis} times with an old snapshot on its disk`}. Three runners, whose clocks go 60 s ahead, 60 s behind, and right.`,
        "Samples are the executions: each process writes its attempt down as its first deed. Steps whose outcome is unknown are retried or counted as done in turns, as people would.",
      ],
    };
  },
};

interface Crew {
  readonly runners: ReadonlyMap<Name, Program>;
  /** SIGKILL, and a new one in the background. */
  replace(name: Name): void;
  end(): Promise<void>;
}

async function openCrew(site: Site): Promise<Crew> {
  const runners = new Map<Name, Program>();
  const starting = new Set<Promise<void>>();
  const ending = new AbortController();
  const start = async (name: Name): Promise<void> => {
    while (!ending.signal.aborted) {
      // The database may be away; a service manager tries again, too.
      const started = await startBenchRunner(site, name, { clockAheadMs: clocks[name], lockMs }).catch(() => undefined);
      if (started !== undefined) {
        runners.set(name, started);
        return;
      }
      await delay(200);
    }
  };
  await Promise.all(names.map(start));
  return {
    runners,
    replace: (name) => {
      const victim = runners.get(name);
      runners.delete(name);
      const replaced = (async () => {
        await victim?.kill();
        await start(name);
      })();
      starting.add(replaced);
      void replaced.finally(() => starting.delete(replaced));
    },
    end: async () => {
      ending.abort();
      await Promise.all(starting);
      await Promise.all([...runners.values()].map((runner) => runner.kill()));
    },
  };
}

interface Done {
  kills: number;
  stops: number;
  postgres: number;
  redis: number;
}

/** The same order and the same pauses each time; what they hit differs. */
async function disturb(
  crew: Crew,
  { postgres, redis }: { readonly postgres: Server; readonly redis: RedisServer | undefined },
): Promise<Done> {
  const choose = seeded("double-starts");
  const done: Done = { kills: 0, stops: 0, postgres: 0, redis: 0 };
  const deadline = performance.now() + longestMs;
  while (done.kills < kills && performance.now() < deadline) {
    await delay(choose.between(100, 700));
    const name = choose.pick(names);
    const runner = crew.runners.get(name);
    // At least one of the others is there to go on, or to do it twice.
    if (runner === undefined || crew.runners.size < 2) continue;
    done.kills += 1;
    if (done.kills % 10 === 5) {
      done.stops += 1;
      runner.signal("SIGSTOP");
      await delay(stopForMs);
      runner.signal("SIGCONT");
    }
    if (done.kills % 10 === 2) await redis?.snapshot();
    if (done.kills % 10 === 7) {
      done.redis += redis === undefined ? 0 : 1;
      await redis?.kill();
    }
    if (done.kills % 15 === 8) {
      done.postgres += 1;
      await postgres.kill();
    }
    crew.replace(name);
  }
  return done;
}

/** One upgrade after the other; what is unknown is decided by people. */
async function drive(site: Site, executionsFile: string, over: AbortSignal): Promise<void> {
  // Longer than a claim takes, so that kills find steps running.
  const script = `echo "$UPGRADE_STEP_ATTEMPT" >> ${executionsFile}; sleep 0.2`;
  const all = Array.from({ length: steps }, (_, index) => shellStep(`step-${index + 1}`, script));
  const goOn = async (): Promise<void> => {
    const upgrade = await site.record.findOpen(site.environment.name);
    if (upgrade === undefined) await seedSteps(site.databaseUrl, site.environment, all);
    else await decideUnknown(site, upgrade);
  };
  // PostgreSQL may be away at any moment; what was not said then is said in the next turn.
  for (; !over.aborted; await delay(50)) await goOn().catch(() => undefined);
}

async function decideUnknown({ record }: Site, upgrade: Upgrade): Promise<void> {
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (current === undefined || (current.progress.kind !== "unknown" && current.progress.kind !== "failed")) return;
  const { step, progress } = current;
  const ref = { stepId: step.id, attempt: progress.attempt, by };
  const isRetried = progress.kind === "failed" || progress.attempt % 2 === 1;
  const intent = isRetried
    ? ({ intent: "retry", ...ref } as const)
    : ({ intent: "count_as_done", ...ref, note: "seen" } as const);
  await record.submit(upgrade.id, intent, actor);
}

/** The runner's marker is `host:port/database#upgrade/step/attempt`. */
async function readExecuted(file: string): Promise<readonly string[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => line.slice(line.lastIndexOf("#") + 1));
}

async function readClaimed({ record, environment }: Site): Promise<ReadonlySet<string>> {
  const upgrades = await record.list({ environment: environment.name, limit: 500 });
  const events = await Promise.all(upgrades.map(({ id }) => record.events(id, 0)));
  return new Set(
    events
      .flat()
      .flatMap(({ upgradeId, event }) =>
        event.type === "step_started" ? [`${upgradeId}/${event.stepId}/${event.attempt}`] : [],
      ),
  );
}
