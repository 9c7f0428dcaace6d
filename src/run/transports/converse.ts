import { randomBytes } from "node:crypto";
import { createAlarm } from "./client.ts";
import { createFrameReader } from "./frames.ts";
import type { Frame } from "./frames.ts";
import type { BrokenOff, Reach } from "./reach.ts";
import { startShell } from "./shells.ts";
import type { Shell } from "./shells.ts";
import type { Hearing } from "./target-script.ts";

/** How a connection ended. */
export type Farewell =
  /** What was asked was answered. */
  | { readonly kind: "answered" }
  /** Nobody could be reached, and nothing can have been started. */
  | { readonly kind: "refused"; readonly problem: string }
  /** It ended without the last word: what was asked goes on, is over, or was never heard. */
  | ({
      readonly kind: "broken";
      /** Its shell had served others before: it may have been gone before anybody spoke to it. */
      readonly isUsedShell: boolean;
    } & BrokenOff);

export interface Conversation {
  /** Makes the script for the shell that hears it. */
  readonly script: (hearing: Hearing) => string;
  /** Takes what comes, in order; answers true when that was the last word. */
  readonly take: (frame: Frame) => Promise<boolean>;
  /** Breaks it off. */
  readonly signal: AbortSignal;
}

const keptNoise = 1_000;
/** For a shell that was used before to say that it is there. */
const answerMs = 5_000;

/** Sends one script to a target and takes what it answers. Never rejects but for what `take` and `script` throw. */
export async function converse(reach: Reach, { script, take, signal }: Conversation): Promise<Farewell> {
  const mark = `\u0002KU${randomBytes(12).toString("hex")}`;
  const { lasting } = reach;
  const heard = await shellFor(reach, (shell) => script({ mark, shell }));
  if (heard.kind === "refused") return heard;
  const { shell, text } = heard;
  using alarm = createAlarm(reach.waits.quietMs, signal, shell.kill);
  shell.write(text, lasting === undefined);
  const reader = createFrameReader(mark);
  let isAnswered = false;
  let noise = "";
  try {
    for await (const bytes of shell.answers()) {
      if (signal.aborted) break;
      if (!(bytes instanceof Uint8Array)) continue;
      alarm.pause();
      for (const frame of reader.push(bytes)) {
        if (frame.kind === "noise") noise = `${noise}${Buffer.from(frame.bytes).toString("utf8")}`.slice(-keptNoise);
        isAnswered = (await take(frame)) || isAnswered;
      }
      if (isAnswered) break;
      alarm.rest();
    }
  } finally {
    if (isAnswered && !signal.aborted && lasting !== undefined) lasting.keep(shell);
    else void shell.close();
  }
  if (isAnswered) return { kind: "answered" };
  reach.doubt();
  const { exitCode, stderr } = await shell.ended;
  const isUsedShell = shell.count() > 1;
  // A shell that answered before had let us in: how it ended tells nothing of what it heard last.
  return { kind: "broken", isUsedShell, exitCode: isUsedShell ? undefined : exitCode, stderr, noise };
}

interface Heard {
  readonly kind: "heard";
  readonly shell: Shell;
  readonly text: string;
}

/** A shell that waits for its next script, or a new one. */
async function shellFor(
  reach: Reach,
  scriptFor: (shell: Required<Hearing>["shell"]) => string,
): Promise<Heard | Extract<Farewell, { readonly kind: "refused" }>> {
  // Before a shell is taken that would have to be given back.
  const shorter = scriptFor("lasted");
  const known = await lastingShell(reach);
  if (known !== undefined) return { kind: "heard", shell: known, text: shorter };
  const opened = await reach.open();
  if (opened.kind === "refused") return opened;
  const shell = await startShell(opened.argv, reach.env);
  if (typeof shell === "string") return { kind: "refused", problem: shell };
  return { kind: "heard", shell, text: scriptFor(reach.lasting === undefined ? "ends" : "lasts") };
}

/** One that waits and is still there. */
async function lastingShell(reach: Reach): Promise<Shell | undefined> {
  const { lasting } = reach;
  for (let shell = lasting?.take(); shell !== undefined; shell = lasting?.take()) {
    if (await shell.isAnswering(answerMs)) return shell;
    void shell.close();
    reach.doubt();
  }
  return undefined;
}
