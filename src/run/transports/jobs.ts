import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { no, unreachable } from "#src/kernel/result.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import { createJob, forbidJob, manifestOf } from "./job-birth.ts";
import { followJob } from "./follow-job.ts";
import { jobLabel, jobNameOf } from "./job-manifest.ts";
import type { JobWish } from "./job-manifest.ts";
import { isOver, jobSchema } from "./job-state.ts";
import { askKubectl, parseJson } from "./kubectl.ts";
import { lookAtJob } from "./look-at-job.ts";
import type { JobPlace } from "./look-at-job.ts";
import { isCancelled, maxFailures, never, stopOf } from "./run-remote.ts";
import type { Beginning, RemoteCall } from "./run-remote.ts";

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** A runner that ends does not wait long for a cluster that it only wants to tidy up. */
const soon = "--request-timeout=10s";
/** Names in one call of kubectl. */
const removedAtOnce = 50;

/**
 * Runs a command as a Job to its end. The Job's name follows from the command's, so it is what a state directory is
 * elsewhere: it is found again after any interruption, and made at most once. At the time limit, or when it is cancelled,
 * the Job is deleted and its pod seen to be gone. `lost` where nobody can say how it ended.
 */
export async function runJob(
  place: JobPlace,
  call: RemoteCall,
  { how, leave }: Pick<Beginning, "leave"> & { readonly how: "start" | "take_up" },
): Promise<ProcessEnd> {
  if (isCancelled(call)) return { kind: "not_started", problem: "it was cancelled before it began" };
  const stop = stopOf(call);
  const hangUp = new AbortController();
  const life: Life = { isBorn: false, why: undefined };
  const breakOff = AbortSignal.any([hangUp.signal, leave]);
  const following = live(place, call, { how, stop, breakOff, life }).then((end) => (leave.aborted ? never() : end));
  const stopped = Promise.withResolvers<"stopped">();
  const onStop = (): void => stopped.resolve("stopped");
  stop.addEventListener("abort", onStop);
  if (stop.aborted) onStop();
  try {
    const first = await Promise.race([following, stopped.promise]);
    if (first !== "stopped") return first;
    const isPodGone = await endJob(place, call.name, life);
    // What it said last, and why it never began where it did not.
    const seen = await Promise.race([following, delay(place.waits.lastOutputMs)]);
    if (seen?.kind === "not_started") return seen;
    const isGroupGone = isPodGone || seen?.kind === "exited" || seen?.kind === "signalled";
    if (isCancelled(call)) return { kind: "cancelled", isGroupGone };
    return { kind: "timed_out", isGroupGone, ...(life.why === undefined ? {} : { problem: life.why }) };
  } finally {
    stop.removeEventListener("abort", onStop);
    hangUp.abort();
    // Nothing is told after the end.
    await following;
  }
}

/** What is known of a Job on the way. */
interface Life {
  /** It was seen, or the cluster said that it was made. */
  isBorn: boolean;
  /** Why its command has not begun. */
  why: string | undefined;
}

interface Living {
  readonly how: "start" | "take_up";
  readonly stop: AbortSignal;
  readonly breakOff: AbortSignal;
  readonly life: Life;
}

async function live(place: JobPlace, call: RemoteCall, living: Living): Promise<ProcessEnd> {
  const { how, stop, breakOff, life } = living;
  const end = how === "start" ? await begin(place, call, living) : await findAgain(place, call, living);
  if (end !== undefined) return end;
  life.isBorn = true;
  return await followJob(place, call, {
    stop,
    breakOff,
    onWaiting: (why) => {
      life.why = why;
    },
  });
}

/** Makes the Job; undefined once it is there. */
async function begin(place: JobPlace, call: RemoteCall, { stop, breakOff }: Living): Promise<ProcessEnd | undefined> {
  const { via, env } = place;
  const { name, argv, timeoutMs } = call;
  const wish: JobWish = { via, name, argv, env: call.env, timeoutMs, token: randomUUID() };
  const manifest = await manifestOf(wish, env);
  if (!manifest.ok) return { kind: "not_started", problem: `${describeTransport(via)}: ${manifest.problem}` };
  if (stop.aborted) return { kind: "not_started", problem: "its time was over before it began" };
  for (let failures = 0; ; failures += 1) {
    const birth = await createJob(wish, manifest.value, env);
    switch (birth.kind) {
      case "born":
        return undefined;
      case "started_before":
        return lost(`the Job ${jobNameOf(name)} is there already, so it was started before; it is not started twice`);
      case "taken":
        return {
          kind: "not_started",
          problem: `somebody else's Job in ${via.namespace} has the name ${jobNameOf(name)}: see whose it is, and delete it if it is not needed`,
        };
      case "open":
        // Only the first answer proves that there is nothing: a lost one before may have made it.
        if (failures === 0 && birth.refusal !== undefined) {
          return { kind: "not_started", problem: `${describeTransport(via)}: ${birth.refusal}` };
        }
        if (failures >= maxFailures || stop.aborted || breakOff.aborted) {
          return lost(`nobody knows whether its Job was made: ${birth.problem}`);
        }
        await pause(failures, stop);
        break;
      default:
        unreachable(birth);
    }
  }
}

/** Looks for a Job that was made before; undefined where it is there. */
async function findAgain(
  place: JobPlace,
  { name }: RemoteCall,
  { stop, breakOff }: Living,
): Promise<ProcessEnd | undefined> {
  let problem = "";
  let takenTimes = 0;
  for (let failures = 0; failures <= maxFailures && !stop.aborted && !breakOff.aborted; failures += 1) {
    const seen = await lookAtJob(place, name);
    if (seen.kind !== "none" && seen.kind !== "unreachable") return undefined;
    const forbidden =
      seen.kind === "none"
        ? await forbidJob({ via: place.via, name, token: randomUUID() }, place.env)
        : no(seen.problem);
    if (!forbidden.ok) problem = forbidden.problem;
    else if (forbidden.value) return neverThere(name);
    // Its own Job would have been seen by its label, now or the next time.
    else takenTimes += 1;
    if (takenTimes > 3) return neverThere(name);
    await pause(failures, stop);
  }
  return lost(`${describeTransport(place.via)} cannot be asked: ${problem}`);
}

/** A Job that was removed cannot be told from one that was never made. */
function neverThere(name: string): ProcessEnd {
  return {
    kind: "lost",
    problem: `there is no Job ${jobNameOf(name)}: it was never made, or somebody removed it; nothing makes it any more`,
    isGroupGone: true,
  };
}

function lost(problem: string): ProcessEnd {
  return { kind: "lost", problem, isGroupGone: false };
}

function pause(failures: number, signal: AbortSignal): Promise<void> {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10));
  return delay(pauseMs, undefined, { signal }).catch(() => undefined);
}

/** Deletes the Job; whether its pod is gone for certain, false where nobody can be reached within the time. */
async function endJob({ via, env, waits }: JobPlace, name: string, life: Life): Promise<boolean> {
  const late = AbortSignal.timeout(waits.endingMs);
  const own = ["--selector", `${jobLabel}=${jobNameOf(name)}`];
  for (let round = 0; !late.aborted; round += 1) {
    const deleting = ["delete", "jobs", ...own, "--cascade=foreground", "--wait=false"];
    await askKubectl(via, env, deleting);
    const seen = await lookAtJob({ via, env, waits }, name);
    if (seen.kind === "none" && life.isBorn) return true;
    if (seen.kind === "none") {
      // What was sent may still be under way.
      const forbidden = await forbidJob({ via, name, token: randomUUID() }, env);
      if (forbidden.ok && forbidden.value) return true;
    }
    await pause(round, late);
  }
  return false;
}

const jobsSchema = z.object({ items: z.array(jobSchema) });

/**
 * Removes the Jobs of commands whose results are recorded; never one that may still run. Answers whether the cluster was
 * told of all; what is left behind where nobody can be reached is removed by Kubernetes after its time.
 */
export async function removeJobs({ via, env }: JobPlace, names: readonly string[]): Promise<boolean> {
  for (let from = 0; from < names.length; from += removedAtOnce) {
    const known = names.slice(from, from + removedAtOnce).map((name) => jobNameOf(name));
    const own = ["--selector", `${jobLabel} in (${known.join(",")})`];
    const asked = await askKubectl(via, env, ["get", "jobs", ...own, "--output", "json", soon]);
    if (asked.kind === "failed") return false;
    const jobs = jobsSchema.safeParse(parseJson(asked.text));
    const over = jobs.success ? jobs.data.items.filter(isOver).map(({ metadata }) => metadata.name) : [];
    if (over.length === 0) continue;
    const deleted = await askKubectl(via, env, ["delete", "jobs", ...over, "--ignore-not-found", "--wait=false", soon]);
    if (deleted.kind === "failed") return false;
  }
  return true;
}
