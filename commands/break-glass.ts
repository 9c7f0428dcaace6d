import { votersAmong } from "#approvals/feasibility.ts";
import { isAmong, isSameHuman } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import { partsOf } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { refuseBreakGlass } from "#src/upgrade/decide-gate.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { ApprovalRequest, Upgrade } from "#src/upgrade/state.ts";
import { breakGlassDialog } from "#src/slack/views/break-glass.ts";
import type { Glass } from "#src/slack/views/break-glass.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { notActive, targetArgument } from "./act.ts";
import type { Command, PeoplePort, Setting } from "./command.ts";
import { callerOf } from "./person.ts";
import { asked, refused } from "./reply.ts";
import { upgradeOf } from "./target.ts";

export const breakGlass: Command = {
  word: "break-glass",
  summary: "let the step that waits for its approval start without it, in an emergency",
  details: [
    "Only for people whom the policy of the step names for it. A dialog shows exactly what starts and who is not waited for, and asks for the reason, the incident and the environment's name.",
    "Everybody who could have approved is told by direct message, the channel once. A rejection is not overruled. Afterwards the environment takes no new upgrade until somebody who had no part in this one reviewed it.",
  ],
  example: "break-glass prod",
  positionals: [targetArgument],
  options: [],
  atTerminal: false,
  run: async (call) => {
    const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "open");
    if (!upgrade.ok) return refused(upgrade.problem);
    const caller = await callerOf(call, upgrade.value.request.environment);
    if (!caller.ok) return refused(caller.problem);
    const glass = await glassOf(call, upgrade.value, caller.value);
    if (!glass.ok) return refused(glass.problem);
    return asked(
      breakGlassDialog(glass.value, call.names),
      "Breaking the glass needs the dialog; please type it again.",
    );
  },
};

/** What somebody would let start, or why they may not; asked again when the dialog is sent. */
export async function glassOf(
  { people, codes, now }: Pick<Setting, "people" | "codes" | "now">,
  upgrade: Upgrade,
  person: Person,
): Promise<Result<Glass, Refusal>> {
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (upgrade.status !== "active" || current === undefined) return no(notActive(upgrade));
  const { step, progress } = current;
  const approval = progress.kind === "ready" ? progress.approval : undefined;
  if (approval === undefined || progress.kind !== "ready") return no(noGate);
  const ref = { stepId: step.id, attempt: progress.attempt, digest: approval.digest };
  const refusal = refuseBreakGlass(upgrade, { ...ref, person }, instantOf(now()));
  if (refusal !== undefined) return no(refusal);
  if (approval.policy.stepUp === "totp" && (await codes?.stateOf(person))?.state !== "enrolled") return no(noCodes);
  const told = await skippedBy(people, approval, person);
  const { plan } = currentTrack(upgrade);
  return ok({ upgradeId: upgrade.id, plan, step, attempt: progress.attempt, approval, ...told });
}

/** Accounts of everybody who could have approved, as far as can be told; also of those who cannot be looked up now. */
async function skippedBy(
  people: PeoplePort | undefined,
  approval: ApprovalRequest,
  person: Person,
): Promise<Pick<Glass, "skipped" | "skippedNames" | "unreadGroups">> {
  const listed = await people?.listed(listsOf(approval.policy));
  const roster = listed?.people ?? [];
  const unknown = roster.filter((each) => each.kind === "unknown" && !isAmong(each, approval.requesterIds));
  const others = [...votersAmong(approval, roster), ...unknown].filter((each) => !isSameHuman(each, person));
  return {
    skipped: others.map(({ userId }) => userId),
    skippedNames: others.map((each) => (each.kind === "known" ? each.name : each.userId)),
    unreadGroups: listed?.unreadGroups ?? [],
  };
}

function listsOf(policy: Policy): Parameters<PeoplePort["listed"]>[0] {
  const parts = partsOf(policy);
  const groups = new Set(parts.flatMap((part) => part.groups));
  return { users: parts.flatMap(({ users }) => users), groups: [...groups] };
}

const noGate = refuse(
  "not_now",
  "The step whose turn it is does not wait for an approval.",
  "`/kong-upgrade status` shows where it is.",
);
const noCodes = refuse(
  "step_up_needed",
  "This step takes a one-time code, and you have none.",
  "`/kong-upgrade totp` sets it up in a minute; then type this again.",
);
