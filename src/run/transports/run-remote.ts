import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "#src/kernel/app-error.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { ProcessCall, ProcessEnd } from "#src/run/process/run-process.ts";
import { signalName } from "./signal-name.ts";
import { createContact } from "./contact.ts";
import type { OnContact } from "./contact.ts";
import { converse } from "./converse.ts";
import type { Farewell } from "./converse.ts";
import type { Frame } from "./frames.ts";
import { lastLineOf } from "./reach.ts";
import type { Reach } from "./reach.ts";
import { attachScript, endScript, launchScript } from "./target-script.ts";
import type { Visit } from "./target-script.ts";

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

/** What is known of a command on the way. */
interface Life {
  /** The target said that it begins, or began: a state directory that is not there proves nothing then. */
  isBegun: boolean;
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
      end = endOf(frame.text, { call, reach, isLookedFor, life });
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

/**
 * The target says so before it starts anything (`.`), and with the number of the process once it has: from the first of
 * the two on, a state directory that is not there proves nothing.
 */
function saysItBegins(text: string): boolean {
  return text === "." || text.startsWith("p ");
}

/** Output that the target does not hold any more. */
function gapOf(text: string): { readonly stream: "stdout" | "stderr"; readonly bytes: number } | undefined {
  const [, stream, bytes] = /^c ([oe]) (\d{1,15})$/u.exec(text) ?? [];
  return stream === undefined ? undefined : { stream: stream === "o" ? "stdout" : "stderr", bytes: Number(bytes) };
}

interface Heard {
  readonly call: RemoteCall;
  readonly reach: Reach;
  /** Whether it was started before, so that only what never began can be said not to have been started. */
  readonly isLookedFor: boolean;
  readonly life: Life;
}

/** What a line of the target says about the end; undefined for every other line. */
function endOf(text: string, { call: { argv }, reach, isLookedFor, life }: Heard): ProcessEnd | undefined {
  const [letter, ...words] = text.split(" ");
  const word = words.join(" ");
  switch (letter) {
    case "x":
      if (word === "absent") {
        return { kind: "not_started", problem: `there is no program ${argv[0] ?? ""} on ${reach.words}` };
      }
      return /^\d{1,3}$/u.test(word) ? statusOf(Number(word)) : undefined;
    case "n":
      if (isLookedFor ? life.isBegun || word !== "never" : word === "again")
        return lostTrace(word === "bare" && life.isBegun ? "gone" : word, reach);
      return { kind: "not_started", problem: obstacle(word, reach) };
    case "l":
      if (word === "gone") return lostTrace(word, reach);
      return {
        kind: "lost",
        problem:
          word === "boot"
            ? `the target of ${reach.words} was started anew while the command ran`
            : `nothing of the command is left on ${reach.words}, and nobody noted how it ended`,
        isGroupGone: true,
      };
    default:
      return undefined;
  }
}

/** A pod or container that was made anew, a `/tmp` that was emptied, a disk that nothing can be read from any more. */
function lostTrace(word: string, { words, stateDir }: Reach): ProcessEnd {
  const place = stateDir ?? "the folder kong-upgrade-<uid> in /var/tmp or /tmp";
  return { kind: "lost", problem: whatIsThere(word, `${place} on ${words}`), isGroupGone: false };
}

function whatIsThere(word: string, place: string): string {
  switch (word) {
    case "again":
      return `it has a state directory in ${place} already, so it was started before, and not by this start; it is not started twice`;
    case "bare":
      return `${place} was not there when the command was looked for: nothing was ever begun there, or it vanished with all that was in it (a container that was made anew, a /tmp that was emptied), and nobody can say which`;
    case "root":
      return `${place} cannot be used any more, so nobody can say whether it still runs or how it ended`;
    default:
      return `its state directory in ${place} is gone (removed, or the target was made anew), so nobody can say whether it still runs or how it ended`;
  }
}

/** A shell says 128 and the number for a signal (POSIX.1-2024, XCU 2.8.2); a program that ends with such a status is taken for one. */
export function statusOf(status: number): ProcessEnd {
  const signal = signalName(status - 128);
  return signal === undefined ? { kind: "exited", exitCode: status } : { kind: "signalled", signal };
}

function obstacle(word: string, { words, stateDir }: Reach): string {
  const place = stateDir ?? "a folder kong-upgrade-<uid> in /var/tmp or /tmp";
  switch (word) {
    case "root":
      return `${words}: ${place} cannot be made, or does not belong to the account: name another stateDir`;
    case "many":
      return `${words}: ${place} holds more than 255 state directories of commands that have not ended: look what still runs there and remove the others`;
    case "disk":
      return `${words}: no folder can be made in ${place}: see whether the disk is full`;
    case "setsid":
      return `${words}: there is no setsid (nor busybox, perl or python3), so a command could not outlive a lost connection: install util-linux`;
    case "never":
      return `${words}: it had left no trace there when the connection broke, so it had not begun, and never will`;
    default:
      return `${words} answered ${JSON.stringify(word)}`;
  }
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
