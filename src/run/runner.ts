import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { inTrace } from "#src/trace.ts";
import { whyVersionsClash } from "#src/upgrade/program-versions.ts";
import { createAlarms } from "./alarms.ts";
import type { Alarms } from "./alarms.ts";
import { attendUpgrade } from "./attend-upgrade.ts";
import { createCancellations } from "./cancellations.ts";
import { createClaims } from "./claims.ts";
import { createFailedLooks } from "./drift/failed-looks.ts";
import { createPastLooks } from "./drift/past-looks.ts";
import { openSnapshots } from "./drift/snapshots.ts";
import { openOutbox } from "./outbox.ts";
import { rememberPlans } from "./plan-again.ts";
import type { RunnerOptions } from "./ports.ts";
import { minimalEnv } from "./process/minimal-env.ts";
import { openRunningProcesses } from "./process/running-processes.ts";
import { createPorter } from "./queue/porter.ts";
import { createRefusedLetters } from "./refused-letter.ts";
import { openStartedJournal } from "./started-journal.ts";
import { createStepSlots } from "./step-slots.ts";
import { createRemoteTidying } from "./tidy-remote.ts";
import { createTurnOrder } from "./turn-order.ts";
import { removeLeftSocketFolders } from "./transports/socket-folder.ts";
import { openRemoteAttempts } from "./transports/remote-attempts.ts";
import { openTransports } from "./transports/transports.ts";
import { createVisits } from "./visits.ts";
import type { Workplace } from "./workplace.ts";

/** A process near Kong that executes the steps of its environments. */
export interface Runner {
  /** Takes no new step and resolves when the running ones have ended and their results are handed in or on disk. */
  drain(): Promise<void>;
  /** Drains for at most `graceMs` (no time at all by default), then lets go of everything. */
  stop(graceMs?: number): Promise<void>;
  /** What is running now, for people: `environment: upgrade step`. */
  busyWith(): readonly string[];
  /** Whether this runner holds its life: others take it for dead while it does not. */
  isLifeHeld(): boolean;
  /** Results of steps that wait on disk for the database. */
  lettersWaiting(): Promise<number>;
}

const defaultSweepEveryMs = 3_000;
const maxStepsAtOnce = 16;
const maxOpenUpgrades = 500;
const waitingNoticeMs = 5_000;
/** Nobody who stops a runner waits for a database that is away. */
const lastLookMs = 2_000;

/**
 * Starts a runner: it registers its life, hands in what was left from before, and then follows the record of its
 * environments. `replan` replaces how a plan is made again to compare with: for tests with plans of their own.
 * @throws AppError `runner_refused` while another process lives under this id; `database_unreachable`.
 */
export async function startRunner(options: RunnerOptions, replan = rememberPlans()): Promise<Runner> {
  const { runnerId, record, log, environments } = options;
  const leave = new AbortController();
  let isDraining = false;
  let versionProblem = whyVersionsClash(options.version, await record.botVersions());
  const life = await record.registerRunner({
    id: runnerId,
    environments: [...environments.keys()],
    labels: options.labels ?? {},
    host: hostname(),
    pid: process.pid,
    version: options.version,
  });
  const workplace = openWorkplace(options, {
    planAgain: replan,
    mayStart: () => !isDraining && !leave.signal.aborted && life.isHeld() && versionProblem === undefined,
    leave: leave.signal,
    // The look is not part of what the step was run for.
    onFreeSlot: () => void inTrace(undefined, sweep),
  });
  const { outbox } = workplace;
  const tidying = createRemoteTidying(workplace);
  const visits = createVisits((id: UpgradeId) => attendUpgrade(id, workplace), log);

  async function sweep(): Promise<void> {
    if (leave.signal.aborted) return;
    try {
      versionProblem = tellChange(log, versionProblem, whyVersionsClash(options.version, await record.botVersions()));
      await outbox.deliver();
      await reportLostRunners(workplace);
      await tidying.look();
      workplace.order.learn(await record.runners());
      const open = await record.list({ isOpen: true, limit: maxOpenUpgrades });
      workplace.order.keep(new Set(open.map(({ id }) => id)));
      for (const upgrade of open) workplace.cancellations.look(upgrade);
      for (const { id, request } of open) if (environments.has(request.environment.name)) visits.visit(id);
    } catch (error) {
      log.warn({ problem: errorMessage(error) }, "the record cannot be read; trying again");
    }
  }
  const sweeping = sweepUntil(leave.signal, sweep, options.sweepEveryMs ?? defaultSweepEveryMs);
  const listening = record.listen((change) => {
    if (change.kind === "gap") void sweep();
    else if (environments.has(change.environment)) {
      // A visit that runs a step looks again only when that has ended.
      void workplace.cancellations.hear(change.id);
      visits.visit(change.id);
    }
  });
  const attending = await attendDoor(workplace, (id) => visits.visit(id));
  tellChange(log, undefined, versionProblem);
  log.info({ runnerId, environments: [...environments.keys()] }, "runner started");

  const drain = async (): Promise<void> => {
    isDraining = true;
    life.drain();
    const idle = visits.idle().then(() => true);
    while (!(await Promise.race([idle, delay(waitingNoticeMs, false)]))) {
      log.info({ runnerId, waitingFor: workplace.slots.taken() }, "draining: waiting for running steps");
    }
  };
  let stopping: Promise<void> | undefined;
  const stop = async (graceMs: number): Promise<void> => {
    isDraining = true;
    if (graceMs > 0) await Promise.race([drain(), delay(graceMs)]);
    leave.abort();
    await attending?.[Symbol.asyncDispose]();
    await listening[Symbol.asyncDispose]();
    await sweeping;
    // A result may have been recorded after the last look.
    await Promise.race([tidying.look().catch(() => undefined), delay(lastLookMs, undefined, { ref: false })]);
    await life[Symbol.asyncDispose]();
    await workplace.transports[Symbol.asyncDispose]();
    await tidying.settled();
    log.info({ runnerId, left: workplace.slots.taken() }, "runner stopped");
  };
  return {
    drain,
    stop: (graceMs = 0) => (stopping ??= stop(graceMs)),
    busyWith: () => workplace.slots.taken(),
    isLifeHeld: () => life.isHeld(),
    lettersWaiting: () => workplace.outbox.waiting(),
  };
}

interface Presence extends Pick<Workplace, "planAgain" | "mayStart" | "leave"> {
  readonly onFreeSlot: () => void;
}

function openWorkplace(options: RunnerOptions, { onFreeSlot, ...presence }: Presence): Workplace {
  const baseEnv = options.baseEnv ?? minimalEnv();
  const { runnerId, record, log, dataDir } = options;
  const alarms = createAlarms(record, runnerId, log, () => options.observer?.alarmRaised());
  const outbox = openOutbox(join(dataDir, "outbox"), {
    record,
    log,
    onDiskTrouble: (id, problem) => void tellDiskTrouble(alarms, options, { id, problem }),
  });
  // Nothing waits for it, and it never throws.
  void removeLeftSocketFolders();
  return {
    ...options,
    ...presence,
    permits: options.permits ?? {},
    outbox,
    alarms,
    nowMs: options.nowMs ?? Date.now,
    journal: openStartedJournal(join(dataDir, "started")),
    snapshots: openSnapshots(join(dataDir, "configuration")),
    failedLooks: createFailedLooks(),
    pastLooks: createPastLooks(),
    refusedLooks: createRefusedLetters(options.lookPatienceMs),
    slots: createStepSlots(maxStepsAtOnce, onFreeSlot),
    order: createTurnOrder(runnerId, () => performance.now()),
    claims: createClaims(outbox, runnerId, log),
    cancellations: createCancellations(options, log),
    running: openRunningProcesses(join(dataDir, "running")),
    transports: openTransports(baseEnv),
    remoteAttempts: openRemoteAttempts(join(dataDir, "remote")),
    baseEnv,
  };
}

/** Says once that this runner takes no step because of its version, and once that it does again; answers what holds now. */
function tellChange(
  log: RunnerOptions["log"],
  before: string | undefined,
  now: string | undefined,
): string | undefined {
  if (now !== undefined && now !== before) log.error({ problem: now }, "this runner takes no step");
  if (now === undefined && before !== undefined) log.info({}, "the bot's version fits again");
  return now;
}

/** Lets rings of the bot in; without a queue the record is read all the same. */
async function attendDoor(workplace: Workplace, visit: (id: UpgradeId) => void): Promise<AsyncDisposable | undefined> {
  const { doorbell, environments, log } = workplace;
  const porter = createPorter({ ...workplace, visit });
  try {
    return await doorbell.attend([...environments.keys()], (job) => porter.hear(job));
  } catch (error) {
    log.warn({ problem: errorMessage(error) }, "no doorbell; the record is read every few seconds instead");
    return undefined;
  }
}

/** Steps of runners that are gone become unknown; whoever sees it first says so. */
async function reportLostRunners({ record, environments, runnerId, log }: Workplace): Promise<void> {
  for (const lost of await record.lostRunners()) {
    if (!environments.has(lost.environment) || lost.runnerId === runnerId) continue;
    const { upgradeId, stepId, attempt } = lost;
    const reason = `runner ${lost.runnerId} is gone (last seen ${lost.lastSeen ?? "never"}); nobody saw how the step ended`;
    const answer = await record.submit(
      upgradeId,
      { intent: "report_runner_lost", stepId, attempt, runnerId: lost.runnerId, reason },
      { kind: "runner", runnerId },
    );
    if (answer.ok)
      log.warn({ upgradeId, stepId, attempt, lostRunner: lost.runnerId }, "runner is gone; outcome unknown");
  }
}

/** In the thread, because a crash of this process would lose what is only in its memory. */
async function tellDiskTrouble(
  alarms: Alarms,
  { runnerId, dataDir, log }: RunnerOptions,
  { id, problem }: { readonly id: UpgradeId; readonly problem: string },
): Promise<void> {
  const what = `the disk of runner ${runnerId} cannot be written: ${problem}; make room in ${dataDir} before that process ends`;
  await alarms.raise(id, { kind: "disk of a result", what }).catch((error: unknown) => {
    log.warn({ upgradeId: id, problem: errorMessage(error) }, "a full disk could not be told in the thread");
  });
}

async function sweepUntil(signal: AbortSignal, sweep: () => Promise<void>, everyMs: number): Promise<void> {
  while (!signal.aborted) {
    await sweep();
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
