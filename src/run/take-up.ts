import type { Command, Step } from "#src/plan/step.ts";
import type { Active } from "#src/upgrade/state.ts";
import { contextOf } from "./claim-and-run.ts";
import { createChunkStore } from "./output/chunk-store.ts";
import { whyPlaceForbidden } from "./permits.ts";
import { passedMs } from "./process/machine-moment.ts";
import { takeUpStep } from "./run-step.ts";
import type { RemoteAttempt } from "./transports/remote-attempts.ts";
import type { Turn } from "./workplace.ts";

/** Numbers of stored chunks that each life of a runner has for itself; one attempt stores far fewer. */
const chunksPerLife = 1_000_000;
/** Numbers of chunks are 32 bits wide in the record. */
const mostLives = 1_000;
/** For reading how something ended whose time was over while nobody looked. */
const shortestLeftMs = 10_000;

/**
 * Takes a step up again whose commands this runner had started elsewhere before it was started again itself: they went on,
 * and their state directories say how they ended. Answers whether a report was handed in; false where this runner did not
 * start it, or it has commands of this machine, whose end nobody saw.
 */
export async function takeUp(turn: Turn<Active>, step: Step, attempt: number): Promise<boolean> {
  const { upgrade, environment, workplace } = turn;
  const { record, runnerId, outbox, remoteAttempts, slots, log } = workplace;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  const found = await remoteAttempts.find(place);
  const commands = found === undefined ? undefined : commandsElsewhere(step, found.places);
  if (found === undefined || commands === undefined || found.takenUp >= mostLives) return false;
  // What is sought was read from the database, and whoever writes there may have changed where it is to be sought.
  const isForbidden = ({ via }: Command): boolean =>
    via !== undefined && whyPlaceForbidden(via, environment, workplace.permits) !== undefined;
  if (commands.some(isForbidden)) return false;
  if (!workplace.mayStart() || (await outbox.holds(place))) return false;
  using slot = slots.take(environment.name, `${upgrade.id} ${step.id}`);
  if (slot === undefined) return false;
  const note = await remoteAttempts.takeUp(found);
  log.info({ ...place, begun: note.places.size }, "taking up a step that went on elsewhere");
  const store = createChunkStore((chunks) => record.appendOutput(place, chunks), log, note.takenUp * chunksPerLife);
  using cancel = workplace.cancellations.attend(place);
  const context = await contextOf(turn, { step, attempt, store, cancel: cancel.signal });
  await context.output.write(["[the runner was started again; what follows was printed since the step began]"]);
  const leftMs = Math.max(shortestLeftMs, step.timeoutMs - passedMs(note.moments));
  const { places, begun } = note;
  const report = await takeUpStep(context, { commands, started: new Set(places.keys()), begun, leftMs });
  const output = { ...report.output, takenUp: note.takenUp };
  await outbox.send({ ...place, runnerId, report: { ...report, output }, chunks: store.unsent });
  return true;
}

/** The commands, each with the very place where it was started; undefined where some were or would be of this machine. */
function commandsElsewhere({ action }: Step, places: RemoteAttempt["places"]): readonly Command[] | undefined {
  if (action.kind !== "commands" || action.commands.some(({ via }) => via === undefined)) return undefined;
  return action.commands.map((command, index) => ({ ...command, via: places.get(index) ?? command.via }));
}
