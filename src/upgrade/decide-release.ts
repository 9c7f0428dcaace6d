import { isSameHuman } from "#approvals/person.ts";
import { no, ok } from "#src/kernel/result.ts";
import { isBlank } from "#src/kernel/visible-signs.ts";
import type { Decision } from "./decide.ts";
import type { Requester } from "./identity.ts";
import type { IntentOf } from "./intents.ts";
import { currentStep } from "./next.ts";
import { refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import { ownerOf } from "./state.ts";
import type { Closed, Upgrade } from "./state.ts";

type Open = Exclude<Upgrade, Closed>;

/**
 * Takes environment and database away from an upgrade: it is closed as it stands, and whatever holds its lock starts nothing
 * any more. Abort is for whoever runs it; this is for the lock that stands in the way of others.
 */
export function releaseLock(upgrade: Open, intent: IntentOf<"release_lock">): Decision {
  const { by, reason } = intent;
  const refusal = whyNotRelease(upgrade, intent);
  if (refusal !== undefined) return no(refusal);
  const unsettled = unsettledStep(upgrade);
  return ok([
    { type: "lock_released", by, reason, ...(unsettled === undefined ? {} : { unsettled }) },
    { type: "upgrade_aborted", by, reason },
  ]);
}

function whyNotRelease(upgrade: Open, { by, reason, evenIfUnsettled }: IntentOf<"release_lock">): Refusal | undefined {
  if (upgrade.request.mode !== "plan")
    return refuse("not_now", `${upgrade.id} only looks and holds no lock.`, "Nothing has to be released.");
  if (isBlank(reason)) return refuse("note_missing", "Releasing a lock needs a reason.", 'Add `--reason "…"`.');
  if (!mayRelease(upgrade, by))
    return refuse("not_allowed", `${upgrade.id} is not yours to release.`, whoMayRelease(upgrade));
  const unsettled = unsettledStep(upgrade);
  if (unsettled === undefined || evenIfUnsettled) return undefined;
  return refuse(
    "not_now",
    unsettled.state === "running"
      ? `Step ${unsettled.stepId} runs on ${unsettled.runnerId ?? "a runner"} now. Whoever gets the environment next would work beside it.`
      : `Nobody knows how step ${unsettled.stepId} ended, and its processes may still work.`,
    "Pause and wait until it has ended, or decide its outcome in the thread. Where you made sure yourself that nothing of it works any more, add `--even-if-unsettled`; that is recorded.",
  );
}

/** The step that a runner is at, or of which nobody knows how it ended. */
function unsettledStep(
  upgrade: Open,
): { readonly stepId: string; readonly state: "running" | "unknown"; readonly runnerId?: string } | undefined {
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (current?.progress.kind === "running")
    return { stepId: current.step.id, state: "running", runnerId: current.progress.runnerId };
  return current?.progress.kind === "unknown" ? { stepId: current.step.id, state: "unknown" } : undefined;
}

/**
 * Its owner, and whoever the configuration names as operator. Where it names nobody every member may operate, and taking a
 * lock from somebody is not for everybody, so only the owner may.
 */
function mayRelease(upgrade: Open, by: Requester): boolean {
  const owner = ownerOf(upgrade);
  const isOwner = by.kind === "slack" && owner.kind === "slack" && isSameHuman(by.person, owner.person);
  const { users, groups } = upgrade.request.environment.operators;
  return isOwner || users.length + groups.length > 0;
}

/** Who may release the lock of an upgrade, as a sentence. */
export function whoMayRelease(upgrade: Upgrade): string {
  const owner = ownerOf(upgrade);
  const { users, groups } = upgrade.request.environment.operators;
  const named = [
    ...(owner.kind === "slack" ? [`<@${owner.person.userId}>`] : []),
    ...users.filter((id) => owner.kind !== "slack" || id !== owner.person.userId).map((id) => `<@${id}>`),
    ...groups,
  ];
  return named.length === 0
    ? "Nobody is named who may release it; abort it at a terminal."
    : `It can be released by ${named.join(", ")}: \`/kong-upgrade release ${upgrade.id} --reason "…"\`.`;
}
