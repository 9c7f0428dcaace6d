import { errorMessage } from "#src/kernel/app-error.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { stateName } from "./transports/remote-attempts.ts";
import type { RemoteAttempt } from "./transports/remote-attempts.ts";
import type { Workplace } from "./workplace.ts";

/** Has state directories removed elsewhere, and forgets where they are only when they are gone. */
export interface RemoteTidying {
  /** Looks which of them are not needed any more: their result is recorded, or people have decided about it. */
  look(): Promise<void>;
  /** When those that were looked at are gone, or could not be removed now. */
  settled(): Promise<void>;
}

/** A target that cannot be reached is asked again after this; doubled each time. */
const firstPauseMs = 60_000;
const longestPauseMs = 3_600_000;
/** Beyond this the oldest are given up: their targets are gone, or keep the number down with the next command there. */
const maxNotes = 500;

type Parts = Pick<Workplace, "record" | "environments" | "remoteAttempts" | "transports" | "log">;

export function createRemoteTidying({ record, environments, remoteAttempts, transports, log }: Parts): RemoteTidying {
  const underWay = new Map<string, Promise<void>>();
  /** By a steady clock. */
  const resting = new Map<string, { readonly pauseMs: number; readonly untilMs: number }>();

  const tidy = async (note: RemoteAttempt, gone: readonly Promise<boolean>[]): Promise<void> => {
    const key = keyOf(note);
    if ((await Promise.all(gone)).every(Boolean)) {
      resting.delete(key);
      await remoteAttempts.forget(note);
      return;
    }
    const pauseMs = Math.min(longestPauseMs, 2 * (resting.get(key)?.pauseMs ?? firstPauseMs / 2));
    resting.set(key, { pauseMs, untilMs: performance.now() + pauseMs });
  };
  return {
    look: async () => {
      const notes = await remoteAttempts.list();
      for (const note of notes) {
        const key = keyOf(note);
        if (underWay.has(key) || performance.now() < (resting.get(key)?.untilMs ?? 0)) continue;
        const upgrade = await record.find(note.upgradeId);
        const environment = upgrade && environments.get(upgrade.request.environment.name);
        if (upgrade === undefined || environment === undefined || isOpen(upgrade, note)) continue;
        const gone = [...note.places].map(([index, via]) =>
          transports.forget(via, [stateName(note, environment, index)]),
        );
        const work = tidy(note, gone)
          .catch((error: unknown) => log.warn({ ...note, problem: errorMessage(error) }, "a note could not be removed"))
          .finally(() => underWay.delete(key));
        underWay.set(key, work);
      }
      for (const note of notes.slice(0, Math.max(0, resting.size - maxNotes))) {
        if (!resting.delete(keyOf(note))) continue;
        await remoteAttempts.forget(note);
      }
    },
    settled: async () => void (await Promise.all(underWay.values())),
  };
}

function keyOf({ upgradeId, stepId, attempt }: RemoteAttempt): string {
  return `${upgradeId} ${stepId} ${attempt}`;
}

function isOpen(upgrade: Upgrade, { stepId, attempt }: RemoteAttempt): boolean {
  if (upgrade.status !== "active") return false;
  const progress = currentTrack(upgrade).steps.get(stepId);
  if (progress === undefined || progress.kind === "waiting" || progress.attempt !== attempt) return false;
  return progress.kind === "running" || progress.kind === "unknown";
}
