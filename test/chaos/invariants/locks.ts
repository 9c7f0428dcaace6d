import { z } from "zod";
import type { EventOf } from "#src/upgrade/events.ts";
import type { Claim, LockMove } from "#test/chaos/world/rows.ts";
import type { Told } from "./executions.ts";

const standingSchema = z.object({ fence: z.string() });

/**
 * Every start has one claim, made by the same runner, under the lock that was held at that moment; and what was approved
 * starts under the lock under which it was approved.
 */
export function judgeLocks(
  { id, events }: Told,
  { claims, moves }: { readonly claims: readonly Claim[]; readonly moves: readonly LockMove[] },
): readonly string[] {
  const violations: string[] = [];
  const mine = claims.filter(({ upgradeId }) => upgradeId === id);
  for (const [place, { event: start }] of events.entries()) {
    if (start.type !== "step_started") continue;
    const what = `${id}: ${start.stepId} attempt ${start.attempt}`;
    const found = mine.filter(({ stepId, attempt }) => stepId === start.stepId && attempt === start.attempt);
    const [claim] = found;
    if (claim === undefined || found.length > 1) {
      violations.push(`${what} was started with ${found.length} claims`);
      continue;
    }
    if (claim.runnerId !== start.runnerId)
      violations.push(`${what} was started by ${start.runnerId} and claimed by ${claim.runnerId}`);
    const held = moves.findLast(({ upgradeId, atMs }) => upgradeId === id && atMs < claim.atMs)?.fence;
    if (held !== undefined && start.fence !== held)
      violations.push(`${what} was started under lock ${start.fence ?? "?"}, which had been taken anew as ${held}`);
    const approved = approvedUnder(events.slice(0, place), start);
    if (approved !== undefined && start.fence !== approved)
      violations.push(`${what} was started under lock ${start.fence ?? "?"} and approved under lock ${approved}`);
  }
  const starts = events.filter(({ event }) => event.type === "step_started").length;
  if (mine.length > starts) violations.push(`${id}: ${mine.length} claims for ${starts} starts`);
  return violations;
}

/** The number of the lock that the last signature before a start names. */
function approvedUnder(before: Told["events"], start: EventOf<"step_started">): string | undefined {
  const signed = before.findLast(
    ({ event }) => event.type === "approval_signed" && event.stepId === start.stepId && event.attempt === start.attempt,
  )?.event;
  if (signed?.type !== "approval_signed") return undefined;
  return standingSchema.parse(JSON.parse(Buffer.from(signed.envelope.payload, "base64").toString("utf8"))).fence;
}
