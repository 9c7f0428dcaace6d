import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import type { Labels } from "#src/plan/runner-labels.ts";
import { codeOf, execute, openSession } from "./database.ts";
import type { Session } from "./database.ts";
import type { OnTrouble } from "./listen.ts";

/** A process that executes steps. Its id is unique and survives its restarts. */
export interface RunnerInfo {
  readonly id: string;
  readonly environments: readonly string[];
  readonly labels: Labels;
  readonly host: string;
  readonly pid: number;
  /** Version of this program. */
  readonly version: string;
}

/** A runner's life: a session advisory lock, gone milliseconds after its process is (performance.md: 4.6 ms). */
export interface RunnerLife extends AsyncDisposable {
  /** False while the connection is lost: others take this runner for dead, so it must not start anything. */
  isHeld(): boolean;
  /** Shows from now on that this runner takes nothing new; told within moments, and again after a lost connection. */
  drain(): void;
}

/** A predecessor under the same id that was just killed still holds the lock for a moment. */
const takeOverTimeout = "2s";
const heartbeatMs = 5_000;
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Registers a runner and holds its life until disposed; a lost connection is opened again.
 * @throws AppError `runner_refused` while another process lives under this id; `database_unreachable`.
 */
export async function registerRunner(url: string, runner: RunnerInfo, onTrouble: OnTrouble): Promise<RunnerLife> {
  const stop = new AbortController();
  let session: Session | undefined = await takeLife(url, runner);
  const state: LifeState = { isDraining: false, changed: Promise.withResolvers() };
  const done = keepAlive();

  async function keepAlive(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!stop.signal.aborted) {
      try {
        session ??= await takeLife(url, runner);
        pauseMs = firstPauseMs;
        await beat(session, { id: runner.id, state }, stop.signal);
      } catch (cause) {
        await letGo();
        if (stop.signal.aborted) return;
        onTrouble(`runner ${runner.id} lost its sign of life, trying again in ${pauseMs} ms: ${errorMessage(cause)}`);
        await pause(pauseMs, stop.signal);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
    await letGo();
  }

  async function letGo(): Promise<void> {
    const held = session;
    session = undefined;
    await held?.[Symbol.asyncDispose]();
  }

  return {
    isHeld: () => session !== undefined,
    drain: () => {
      state.isDraining = true;
      state.changed.resolve();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
    },
  };
}

/** What the next sign of life tells, and what brings it forward. */
interface LifeState {
  isDraining: boolean;
  readonly changed: PromiseWithResolvers<void>;
}

async function takeLife(url: string, runner: RunnerInfo): Promise<Session> {
  const session = await openSession(url);
  try {
    await takeLock(session.client, runner.id);
    await execute(
      session.client,
      `insert into kong_upgrade.runner (id, environments, host, pid, version, labels, started_at, last_seen, lock_key)
       values ($1, $2, $3, $4, $5, $6::jsonb, clock_timestamp(), clock_timestamp(), hashtextextended($1, 0))
       on conflict (id) do update set environments = excluded.environments, host = excluded.host, pid = excluded.pid,
         version = excluded.version, labels = excluded.labels, is_draining = false, started_at = excluded.started_at,
         last_seen = excluded.last_seen, lock_key = excluded.lock_key`,
      [runner.id, runner.environments, runner.host, runner.pid, runner.version, JSON.stringify(runner.labels)],
    );
    return session;
  } catch (cause) {
    await session[Symbol.asyncDispose]();
    throw cause;
  }
}

async function takeLock(client: Client, id: string): Promise<void> {
  // A host that vanished without closing its connection is given up by the server after some 11 s.
  await execute(client, "set tcp_keepalives_idle = 5");
  await execute(client, "set tcp_keepalives_interval = 2");
  await execute(client, "set tcp_keepalives_count = 3");
  await execute(client, `set lock_timeout = '${takeOverTimeout}'`);
  try {
    await execute(client, "select pg_advisory_lock(hashtextextended($1, 0))", [id]);
  } catch (cause) {
    // 55P03: lock_not_available
    if (codeOf(cause) !== "55P03") throw cause;
    throw new AppError(
      "runner_refused",
      `another process lives under the runner id ${id}; end it, or give this runner an id of its own`,
      { cause },
    );
  }
}

async function beat(
  { client, lost }: Session,
  { id, state }: { readonly id: string; readonly state: LifeState },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const isTold = state.isDraining;
    await execute(
      client,
      "update kong_upgrade.runner set last_seen = clock_timestamp(), is_draining = $2 where id = $1",
      [id, isTold],
    );
    await Promise.race([lost, pause(heartbeatMs, signal), ...(isTold ? [] : [state.changed.promise])]);
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => undefined);
}
