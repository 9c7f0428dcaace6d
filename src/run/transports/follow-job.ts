import { setTimeout as delay } from "node:timers/promises";
import { unreachable } from "#src/kernel/result.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import { createContact } from "./contact.ts";
import { openJobLog } from "./job-log.ts";
import type { JobLog } from "./job-log.ts";
import { jobNameOf } from "./job-manifest.ts";
import { lookAtJob } from "./look-at-job.ts";
import type { JobPlace, SeenJob } from "./look-at-job.ts";
import { maxFailures } from "./run-remote.ts";
import { statusOf } from "./target-words.ts";
import type { RemoteCall } from "./run-remote.ts";

interface Following {
  /** Nobody waits for a cluster that cannot be reached after this. */
  readonly stop: AbortSignal;
  readonly breakOff: AbortSignal;
  /** Told why the command has not begun; undefined once it has. */
  readonly onWaiting: (why: string | undefined) => void;
}

const firstPauseMs = 100;
const longestPauseMs = 2_000;
/** For the rest of a log after its container ended. */
const lastReadings = 5;

/** Follows a Job that is there: its log as it grows, then how its container ended. */
export async function followJob(place: JobPlace, call: RemoteCall, following: Following): Promise<ProcessEnd> {
  const { stop, breakOff, onWaiting } = following;
  const log = openJobLog(
    { cluster: place.via, env: place.env, quietMs: place.waits.quietMs },
    {
      onBytes: (bytes) => call.onOutput("stdout", bytes),
      onGap: () => say(call, "the log was begun anew by its node: lines may be missing here"),
    },
  );
  const contact = createContact(call.onContact);
  let failures = 0;
  let told: string | undefined;
  for (let round = 0; ; round += 1) {
    const seen = await lookAtJob(place, call.name);
    const problem = whyUnreachable(seen);
    failures = problem === undefined ? 0 : failures + 1;
    await contact.heard(problem);
    if (seen.kind === "waiting" && seen.why !== undefined && seen.why !== told) {
      told = seen.why;
      await say(call, `the pod of ${place.via.image} has not begun: ${seen.why}`);
    }
    if (seen.kind === "waiting") onWaiting(seen.why);
    if (seen.kind === "running") onWaiting(undefined);
    const isLast = breakOff.aborted || (seen.kind === "unreachable" && (failures > maxFailures || stop.aborted));
    const end = isLast ? lostNow(place, seen) : endOf(seen, call.name);
    if (end !== undefined) {
      if (!breakOff.aborted) await readRest(log, call, { seen, breakOff });
      return end;
    }
    if (seen.kind === "running") await log.read({ pod: seen.pod, how: "follow", signal: breakOff });
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(round, 10));
    await delay(pauseMs, undefined, { signal: breakOff }).catch(() => undefined);
  }
}

function whyUnreachable(seen: SeenJob): string | undefined {
  return seen.kind === "unreachable" ? seen.problem : undefined;
}

/** Undefined as long as it goes on. */
function endOf(seen: SeenJob, name: string): ProcessEnd | undefined {
  switch (seen.kind) {
    case "waiting":
    case "running":
    case "unreachable":
      return undefined;
    case "ended":
      return statusOf(seen.exitCode);
    case "unstartable":
      return { kind: "not_started", problem: seen.problem };
    case "too_long":
      return { kind: "timed_out", isGroupGone: seen.isGone };
    case "lost":
      return { kind: "lost", problem: seen.problem, isGroupGone: seen.isGone };
    case "forbidden":
      return {
        kind: "lost",
        problem: `the Job ${jobNameOf(name)} never began, or was removed; nothing makes it any more`,
        isGroupGone: true,
      };
    case "none":
      return {
        kind: "lost",
        problem: `the Job ${jobNameOf(name)} was removed by somebody before its exit status was read`,
        isGroupGone: false,
      };
    default:
      return unreachable(seen);
  }
}

function lostNow({ via }: JobPlace, seen: SeenJob): ProcessEnd {
  const why = seen.kind === "unreachable" ? seen.problem : "it was not waited for";
  return { kind: "lost", problem: `${describeTransport(via)} cannot be asked any more: ${why}`, isGroupGone: false };
}

/** What was printed last; said where it cannot be read. */
async function readRest(
  log: JobLog,
  call: RemoteCall,
  { seen, breakOff }: { readonly seen: SeenJob; readonly breakOff: AbortSignal },
): Promise<void> {
  if (seen.kind !== "ended" && seen.kind !== "too_long" && seen.kind !== "lost") return;
  let problem: string | undefined = "its pod is gone";
  for (let reading = 1; seen.pod !== undefined && reading <= lastReadings && !breakOff.aborted; reading += 1) {
    problem = await log.read({ pod: seen.pod, how: "read", signal: breakOff });
    if (problem === undefined) return;
    await delay(firstPauseMs * 2 ** reading, undefined, { signal: breakOff }).catch(() => undefined);
  }
  await say(call, `what it printed last cannot be read: ${problem ?? "its log gave no answer"}`);
}

function say(call: RemoteCall, words: string): Promise<void> {
  return call.onOutput("stderr", Buffer.from(`[${words}]\n`));
}
