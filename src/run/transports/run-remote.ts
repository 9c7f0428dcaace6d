import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "#src/kernel/app-error.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { ProcessCall, ProcessEnd } from "#src/run/process/run-process.ts";
import { createContact } from "./contact.ts";
import type { OnContact } from "./contact.ts";
import { converse } from "./converse.ts";
import type { Farewell } from "./converse.ts";
import type { Frame } from "./frames.ts";
import { lastLineOf } from "./reach.ts";
import type { Reach } from "./reach.ts";
import { attachScript, endScript, launchScript } from "./target-script.ts";
import type { Visit } from "./target-script.ts";
import { endOf, gapOf, saysItBegins } from "./target-words.ts";
import type { Life } from "./target-words.ts";

/** One command on a target. */
export interface RemoteCall extends Pick<ProcessCall, "argv" | "env" | "timeoutMs" | "cancel" | "onOutput"> {
  /** The name of its state directory; nothing else on any target of this installation has it. */
  readonly name: string;
  /** Told once the target has said that it begins. */
  readonly onBegun?: () => Promise<void>;
  /** Told where the target kept too much output that nobody received, and let go of at least so many bytes of it. */
  readonly onLeftOut?: (stream: "stdout" | "stderr", bytes: number) => Promise<void>;
  readonly onContact?: OnContact;
}

/** How the runner comes by the command. */
export interface Beginning {
  readonly how: How;
  /** The runner leaves: the command goes on without it, so nobody is told an end. */
  readonly leave: AbortSignal;
}

type How =
  /** State directories of commands whose results are recorded are removed on the way. */
  | { readonly kind: "start"; readonly obsolete: readonly string[] }
  /**
   * It was started before this runner was; what never began is `not_started`, and never will begin. `isBegun` where the
   * target said that it did: without a trace of it, it is `lost` then.
   */
  | { readonly kind: "take_up"; readonly isBegun: boolean };

const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** With pauses of 5 s these are about eight minutes without any contact. */
export const maxFailures = 100;

/**
 * Runs a command on a target to its end, through as many connections as it takes. It goes on when a connection breaks, and
 * is followed again from the byte where its output was received; at the time limit, or when it is cancelled, its group is
 * ended as that of a local one. `lost` where nobody can say how it ended.
 */
export async function runRemote(reach: Reach, call: RemoteCall, { how, leave }: Beginning): Promise<ProcessEnd> {
  if (isCancelled(call)) return { kind: "not_started", problem: "it was cancelled before it began" };
  const unspeakable = problemOfWords(reach, call);
  if (unspeakable !== undefined) return { kind: "not_started", problem: unspeakable };
  const stop = stopOf(call);
  const hangUp = new AbortController();
  const life: Life = { isBegun: how.kind === "take_up" && how.isBegun };
  const following = follow(reach, call, { how, leave, stop, hangUp: hangUp.signal, life });
  const stopped = Promise.withResolvers<"stopped">();
  const onStop = (): void => stopped.resolve("stopped");
  stop.addEventListener("abort", onStop);
  try {
    const first = await Promise.race([following, stopped.promise]);
    if (first !== "stopped") return first;
    const isGroupGone = await endGroup(reach, call.name, life);
    // What it said last, and why it never began where it did not.
    const seen = await Promise.race([following, delay(reach.waits.lastOutputMs)]);
    if (seen?.kind === "not_started") return seen;
    const isSeenToEnd = seen?.kind === "exited" || seen?.kind === "signalled";
    return { kind: isCancelled(call) ? "cancelled" : "timed_out", isGroupGone: isGroupGone || isSeenToEnd };
  } finally {
    stop.removeEventListener("abort", onStop);
    hangUp.abort();
    await following;
  }
}

/** Words and names that no shell can be given. */
function problemOfWords(reach: Reach, call: RemoteCall): string | undefined {
  try {
    launchScript({ mark: "", name: call.name }, { argv: call.argv, env: envOf(reach, call) }, []);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

function envOf(reach: Reach, call: RemoteCall): Readonly<Record<string, string>> {
  return { ...reach.targetEnv, ...call.env };
}

export function isCancelled({ cancel }: RemoteCall): boolean {
  return cancel?.aborted === true;
}

/** Longest time that a timer of Node can wait. */
const longestTimer = 2_147_483_647;

/** Comes at the time limit, or when the command is cancelled. */
export function stopOf({ timeoutMs, cancel }: RemoteCall): AbortSignal {
  const limit = AbortSignal.timeout(Math.max(1, Math.min(Math.ceil(timeoutMs), longestTimer)));
  return cancel === undefined ? limit : AbortSignal.any([limit, cancel]);
}

interface Following extends Beginning {
  readonly life: Life;
  /** Nobody waits for a target that cannot be reached after this. */
  readonly stop: AbortSignal;
  readonly hangUp: AbortSignal;
}

async function follow(reach: Reach, call: RemoteCall, following: Following): Promise<ProcessEnd> {
  const { how, leave, stop, hangUp, life } = following;
  const received = { stdout: 0, stderr: 0 };
  const breakOff = AbortSignal.any([hangUp, leave]);
  let end: ProcessEnd | undefined;
  let failures = 0;
  let isHeard = false;
  let isAskedAgain = false;
  let isLookedFor = how.kind === "take_up";
  let firstFailure: string | undefined;
  const contact = createContact(call.onContact);
  let script = (visit: Visit): string =>
    how.kind === "start"
      ? launchScript(visit, { argv: call.argv, env: envOf(reach, call) }, how.obsolete)
      : attachScript(visit, received);
  const take = async (frame: Frame): Promise<boolean> => {
    if (frame.kind === "noise") return false;
    failures = 0;
    isHeard = true;
    await contact.heard(undefined);
    if (frame.kind === "word") {
      const gap = gapOf(frame.text);
      if (gap !== undefined) {
        await call.onLeftOut?.(gap.stream, gap.bytes);
        received[gap.stream] += gap.bytes;
        return false;
      }
      if (!life.isBegun && saysItBegins(frame.text)) {
        life.isBegun = true;
        await call.onBegun?.();
      }
      // What was asked first was heard after all; it is followed.
      if (isAskedAgain && frame.text === "n again") return true;
      end = endOf(frame.text, { program: call.argv[0], reach, isLookedFor, life });
      return end !== undefined;
    }
    await call.onOutput(frame.kind, frame.bytes);
    received[frame.kind] += frame.bytes.length;
    return false;
  };
  for (;;) {
    const visit = { name: call.name, stateDir: reach.stateDir };
    const current = script;
    const farewell = await converse(reach, {
      script: (hearing) => current({ ...hearing, ...visit }),
      take,
      signal: breakOff,
    });
    if (end !== undefined) return withFirstFailure(end, firstFailure);
    if (leave.aborted) return never();
    // Once the target has answered, no words of a program prove that nothing was started.
    const isFirst = firstFailure === undefined && !isHeard && how.kind === "start";
    firstFailure ??= describe(farewell);
    if (isFirst && mayBeUnheard(farewell, following)) {
      isAskedAgain = true;
      continue;
    }
    if (isFirst) {
      const problem = refusalOf(farewell, reach);
      if (problem !== undefined) return { kind: "not_started", problem };
    }
    script = (next) => attachScript(next, received);
    isLookedFor = true;
    failures += 1;
    if (failures > maxFailures || hangUp.aborted || stop.aborted) return lost(reach, describe(farewell));
    await contact.heard(describe(farewell));
    await delay(Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10)), undefined, {
      signal: stop,
    }).catch(() => undefined);
  }
}

/**
 * A shell that waited for its next script may have been gone. Asking once more does no harm, as nothing is begun twice;
 * whoever only looked would forbid the command.
 */
function mayBeUnheard(farewell: Farewell, { stop, hangUp }: Following): boolean {
  return farewell.kind === "broken" && farewell.isUsedShell && !stop.aborted && !hangUp.aborted;
}

/** For whoever leaves: an end that is never told. */
export function never(): Promise<never> {
  return Promise.withResolvers<never>().promise;
}

/** A problem where it is certain that nothing was started. */
function refusalOf(farewell: Farewell, reach: Reach): string | undefined {
  switch (farewell.kind) {
    case "refused":
      return farewell.problem;
    case "broken":
      return reach.refusal(farewell);
    case "answered":
      return undefined;
    default:
      return unreachable(farewell);
  }
}

function describe(farewell: Farewell): string {
  switch (farewell.kind) {
    case "refused":
      return farewell.problem;
    case "broken":
      return lastLineOf(`${farewell.noise}\n${farewell.stderr}`);
    case "answered":
      return "it answered";
    default:
      return unreachable(farewell);
  }
}

function withFirstFailure(end: ProcessEnd, failure: string | undefined): ProcessEnd {
  return end.kind === "not_started" && failure !== undefined ? { ...end, problem: `${end.problem} (${failure})` } : end;
}

function lost(reach: Reach, problem: string): ProcessEnd {
  return {
    kind: "lost",
    problem: `the connection by ${reach.words} was lost and could not be made again: ${problem}`,
    isGroupGone: false,
  };
}

/** Whether the group is gone for certain; false where nobody can be reached within the time. */
async function endGroup(reach: Reach, name: string, life: Life): Promise<boolean> {
  const late = AbortSignal.timeout(reach.waits.endingMs);
  let isGone: boolean | undefined;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    await converse(reach, {
      script: (hearing) => endScript({ ...hearing, name, stateDir: reach.stateDir }),
      take: async (frame) => {
        if (frame.kind !== "word" || !frame.text.startsWith("k ")) return false;
        isGone = frame.text === "k gone" || (frame.text === "k never" && !life.isBegun);
        return isGone !== undefined;
      },
      signal: late,
    });
    if (isGone !== undefined) return isGone;
    await delay(pauseMs, undefined, { signal: late }).catch(() => undefined);
    if (late.aborted) return false;
  }
}
