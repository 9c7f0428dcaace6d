import type { ProcessEnd } from "#src/run/process/run-process.ts";
import type { Reach } from "./reach.ts";
import { signalName } from "./signal-name.ts";

/** What is known of a command on the way. */
export interface Life {
  /** The target said that it begins, or began: a state directory that is not there proves nothing then. */
  isBegun: boolean;
}

/**
 * The target says so before it starts anything (`.`), and with the number of the process once it has: from the first of
 * the two on, a state directory that is not there proves nothing.
 */
export function saysItBegins(text: string): boolean {
  return text === "." || text.startsWith("p ");
}

/** Output that the target does not hold any more. */
export function gapOf(text: string): { readonly stream: "stdout" | "stderr"; readonly bytes: number } | undefined {
  const [, stream, bytes] = /^c ([oe]) (\d{1,15})$/u.exec(text) ?? [];
  return stream === undefined ? undefined : { stream: stream === "o" ? "stdout" : "stderr", bytes: Number(bytes) };
}

interface Heard {
  /** The first word of the command. */
  readonly program: string | undefined;
  readonly reach: Reach;
  /** Whether it was started before, so that only what never began can be said not to have been started. */
  readonly isLookedFor: boolean;
  readonly life: Life;
}

/** What a line of the target says about the end; undefined for every other line. */
export function endOf(text: string, { program = "", reach, isLookedFor, life }: Heard): ProcessEnd | undefined {
  const [letter, ...words] = text.split(" ");
  const word = words.join(" ");
  switch (letter) {
    case "x":
      if (word === "absent") {
        return { kind: "not_started", problem: `there is no program ${program} on ${reach.words}` };
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
