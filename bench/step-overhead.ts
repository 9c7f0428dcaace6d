import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createPostgresBackend, FlowProducer, withBackend } from "bullmq";
import type { FlowJob } from "bullmq";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { percentiles } from "./figures.ts";
import type { Figure, FigureBench } from "./figures.ts";
import { openSite, startBenchRunner, startBot } from "./stage/product.ts";
import { startProgram } from "./stage/program.ts";
import { openRedis, urlOf } from "./stage/redis.ts";
import { openSignals } from "./stage/signals.ts";
import type { Signals } from "./stage/signals.ts";
import { seedSteps, shellStep } from "./stage/upgrades.ts";

/** As many as a usual plan has. */
const steps = 12;
const rounds = 11;
/** Of the rounds. */
const warmUps = 1;

interface Queue {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly folder: string;
  readonly signals: Signals;
}

/** What lies between two steps: the proof of one, the record, everything that is verified before the next. */
export const stepOverhead: FigureBench = {
  name: "step-overhead",
  title: "From one step's process to the next step's",
  async takeFigures(folder, stack) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    stack.defer(() => postgres.stop());
    const signals = stack.use(await openSignals(folder));
    const redis = await openRedis(folder, stack);
    const common = { databaseUrl: postgres.url, signals };
    const onPostgres = await compare("PostgreSQL", { ...common, redisUrl: undefined, folder: join(folder, "on-pg") });
    const onRedis =
      redis === undefined
        ? []
        : await compare("Redis", { ...common, redisUrl: urlOf(redis), folder: join(folder, "on-redis") });
    return {
      figures: [...onPostgres, ...onRedis],
      remarks: [
        "Floor: a flow of BullMQ whose jobs start `/bin/sh` one after the other. Ours: a plan of twelve safe steps with bot and runner. Measured from the line that one step's process writes, which is all that it does, to the line of the next.",
        ...(redis === undefined ? ["Redis is not installed here, so the queue was on PostgreSQL only."] : []),
      ],
    };
  },
};

async function compare(name: string, queue: Queue): Promise<readonly Figure[]> {
  await mkdir(queue.folder, { recursive: true });
  const floorMs = await stepBare(queue);
  const oursMs = await stepOurs(queue);
  return percentiles({ what: `step → step, queue on ${name}`, oursMs, floorMs, p50: { ratio: 5 } });
}

async function stepBare({ databaseUrl, redisUrl, folder, signals }: Queue): Promise<readonly number[]> {
  await using _runner = await startProgram({
    argv: ["programs/bare-runner.ts", databaseUrl, redisUrl ?? ""],
    logFile: join(folder, "bare-runner.log"),
  });
  const flows =
    redisUrl === undefined
      ? new (withBackend(createPostgresBackend).FlowProducer)({
          connection: { connectionString: databaseUrl, migrate: true },
        })
      : new FlowProducer({ connection: { url: redisUrl } });
  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await flows.add(flowOf(Array.from({ length: steps }, (_, index) => signals.scriptOf(`bare-${round}-${index}`))));
    const taken = await gaps(signals);
    if (round > warmUps) times.push(...taken);
  }
  await flows.close();
  return times;
}

/** A job runs when its child is done, so the first script is the innermost. */
function flowOf([script = "true", ...later]: readonly string[], child?: FlowJob): FlowJob {
  const job = {
    name: "step",
    queueName: "bare",
    data: { script },
    ...(child === undefined ? {} : { children: [child] }),
  };
  return later.length === 0 ? job : flowOf(later, job);
}

async function stepOurs({ databaseUrl, redisUrl, folder, signals }: Queue): Promise<readonly number[]> {
  await using stack = new AsyncDisposableStack();
  const site = await openSite({ folder, databaseUrl, redisUrl }, stack);
  stack.use(await startBot(site, "bot"));
  stack.use(await startBenchRunner(site, "runner"));
  const times: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const all = Array.from({ length: steps }, (_, index) =>
      shellStep(`step-${index + 1}`, signals.scriptOf(`${round}-${index}`)),
    );
    const { id } = await seedSteps(databaseUrl, site.environment, all);
    const taken = await gaps(signals);
    if (round > warmUps) times.push(...taken);
    await waitUntil("the upgrade's end", async () => (await site.record.find(id))?.status === "closed");
  }
  return times;
}

/** The times between the signals of all steps. */
async function gaps(signals: Signals): Promise<readonly number[]> {
  const times: number[] = [];
  let { atMs: before } = await signals.next();
  for (let step = 1; step < steps; step += 1) {
    const { atMs } = await signals.next();
    times.push(atMs - before);
    before = atMs;
  }
  return times;
}
