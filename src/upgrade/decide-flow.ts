import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import { authoriseOperator } from "./authorise.ts";
import { choicesFor } from "./choices.ts";
import { refuseFrozen } from "./decide-calendar.ts";
import type { Decision } from "./decide.ts";
import { freezeFor } from "./hold.ts";
import type { IntentOf } from "./intents.ts";
import { currentStep } from "./next.ts";
import type { UpgradeEvent } from "./events.ts";
import type { Requester } from "./identity.ts";
import { progressOfTrack } from "./progress.ts";
import { refuse } from "./refusals.ts";
import type { Active, Upgrade } from "./state.ts";

/** A new request, or one that supersedes a plan which has not been started. */
export function request(upgrade: Upgrade | undefined, intent: IntentOf<"request">): Decision {
  const refusal = authoriseOperator(intent.environment, intent.by);
  if (refusal !== undefined) return no(refusal);
  if (upgrade !== undefined && upgrade.status !== "planned" && upgrade.status !== "surveying") {
    return no(
      refuse(
        "already_open",
        `${upgrade.id} of ${upgrade.request.environment.name} is ${upgrade.status}.`,
        "Finish it, roll it back or abort it first.",
      ),
    );
  }
  if (upgrade !== undefined && upgrade.request.environment.name !== intent.environment.name) {
    return no(
      refuse(
        "already_open",
        `${upgrade.id} belongs to ${upgrade.request.environment.name}, which uses the same database.`,
        "One upgrade at a time per database.",
      ),
    );
  }
  const { intent: _, ...rest } = intent;
  return ok([...unscheduled(upgrade, intent.by), { type: "upgrade_requested", ...rest }]);
}

/** Whoever asks for a plan anew does not want the old one to start by itself meanwhile. */
function unscheduled(upgrade: Upgrade | undefined, by: Requester): readonly UpgradeEvent[] {
  return upgrade?.status === "planned" && upgrade.schedule !== undefined
    ? [{ type: "start_unscheduled", by, reason: "a new plan was asked for" }]
    : [];
}

export function start(
  upgrade: Exclude<Upgrade, { status: "closed" }>,
  intent: IntentOf<"start">,
  now: Instant,
): Decision {
  switch (upgrade.status) {
    case "surveying":
      return no(
        refuse(
          "not_now",
          `${upgrade.id} has no plan yet; a runner is looking at the installation.`,
          "Wait for the plan in the thread. `/kong-upgrade status` tells whether a runner is there.",
        ),
      );
    case "active":
      return no(
        refuse("already_done", `${upgrade.id} is already running.`, "`/kong-upgrade status` shows where it is."),
      );
    case "planned": {
      const freeze = freezeFor(upgrade, now);
      return freeze === undefined
        ? ok([{ type: "upgrade_started", by: intent.by, planDigest: upgrade.plan.digest }])
        : no(refuseFrozen(freeze, `${upgrade.id} cannot be started`));
    }
  }
}

export function pause(upgrade: Active, intent: IntentOf<"pause">): Decision {
  if (upgrade.flow.kind === "paused")
    return no(refuse("already_done", `${upgrade.id} is already paused.`, "`/kong-upgrade resume` lets it go on."));
  return ok([{ type: "upgrade_paused", by: intent.by, reason: intent.reason }]);
}

export function resume(upgrade: Active, intent: IntentOf<"resume">): Decision {
  if (upgrade.flow.kind === "going")
    return no(
      refuse("already_done", `${upgrade.id} is not paused.`, "`/kong-upgrade status` shows what it waits for."),
    );
  return ok([{ type: "upgrade_resumed", by: intent.by }]);
}

export function hold(upgrade: Active, intent: IntentOf<"hold">): Decision {
  if (upgrade.flow.kind === "held")
    return no(refuse("already_done", `${upgrade.id} is already on hold.`, "Resume it to get the choices again."));
  if (!choicesFor(upgrade).includes("hold"))
    return no(
      refuse("not_now", "There is no failure to hold at.", "To stop before the next step use `/kong-upgrade pause`."),
    );
  return ok([{ type: "upgrade_held", by: intent.by }]);
}

/** Begins the way back from exactly here. A running step is awaited first: a rollback never races it. */
export function rollBack(upgrade: Active, intent: IntentOf<"roll_back">): Decision {
  if (upgrade.rollback !== undefined)
    return no(
      refuse("already_done", `${upgrade.id} is already on its way back.`, "`/kong-upgrade status` shows where it is."),
    );
  const current = currentStep(upgrade);
  if (current?.progress.kind === "running") {
    return no(
      refuse(
        "not_now",
        `Step “${current.step.title}” is running; nothing may race it.`,
        "Pause now, and roll back when it has ended.",
      ),
    );
  }
  const plan = makeRollbackPlan({
    upgradeId: upgrade.id,
    environment: upgrade.request.environment,
    facts: upgrade.facts,
    plan: upgrade.forward.plan,
    progress: progressOfTrack(upgrade.forward),
  });
  if (!plan.ok) {
    const [first] = plan.problem;
    return no(
      refuse(
        "not_now",
        `The way back cannot be planned: ${plan.problem.map((each) => each.sentence).join("; ")}.`,
        first?.help ?? "Hold and look.",
      ),
    );
  }
  return ok([
    ...(intent.reason === ""
      ? []
      : [{ type: "note_added" as const, by: intent.by, text: `Rollback: ${intent.reason}` }]),
    { type: "rollback_started", by: intent.by, plan: plan.value },
  ]);
}

/** Ends an upgrade. One that has changed something is rolled back instead, unless somebody says: leave it as it is. */
export function abort(upgrade: Exclude<Upgrade, { status: "closed" }>, intent: IntentOf<"abort">): Decision {
  const aborted: Decision = ok([{ type: "upgrade_aborted", by: intent.by, reason: intent.reason }]);
  if (upgrade.status !== "active") return aborted;
  const current = currentStep(upgrade);
  if (current?.progress.kind === "running") {
    return no(
      refuse(
        "not_now",
        `Step “${current.step.title}” is running and is not interrupted.`,
        "Pause now, and abort when it has ended. `/kong-upgrade cancel` ends it where its kind allows that.",
      ),
    );
  }
  const { done, begun } = progressOfTrack(upgrade.forward);
  if ((done.length > 0 || begun.length > 0) && !intent.leaveAsIs) {
    return no(
      refuse(
        "rollback_needed",
        `${done.length + begun.length} steps of ${upgrade.id} have run.`,
        "`/kong-upgrade rollback` goes back; `/kong-upgrade abort --leave-as-is` closes it and leaves the installation as it is now.",
      ),
    );
  }
  return aborted;
}
