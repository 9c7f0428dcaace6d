import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { ComparedPlan } from "#src/upgrade/events.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Call, Option } from "./command.ts";
import { asUpgradeId } from "./target.ts";

/** The word for the newest plan that the environment has. */
const previous = "previous";

export const diffOption: Option = {
  name: "diff",
  description: "also shows what changed since an older plan of the same environment: its upgrade id, or `previous`",
  value: "old",
};

/** How many upgrades back `previous` looks; checks and refused requests between them have no plan. */
const maxLookedThrough = 50;

/** The older plan that `--diff` names; undefined where nobody asked to compare. */
export async function comparedPlan(
  call: Call,
  environment: Environment,
): Promise<Result<ComparedPlan | undefined, Refusal>> {
  const typed = call.arguments.options.get("diff");
  if (typed === undefined) return ok(undefined);
  if (typed.toLowerCase() === previous) return newestPlan(call, environment);
  const id = asUpgradeId(typed);
  const upgrade = id === undefined ? undefined : await call.desk.find(id);
  if (upgrade === undefined) {
    return no(
      refuse(
        "not_found",
        `There is no upgrade ${typed} to compare with.`,
        `\`--diff\` takes an upgrade id such as KU-2026-0007, or \`${previous}\`.`,
      ),
    );
  }
  const { name } = upgrade.request.environment;
  if (name !== environment.name) {
    return no(
      refuse(
        "wrong_channel",
        `${upgrade.id} belongs to ${name}, not to ${environment.name}.`,
        "Only plans of the same environment are compared.",
      ),
    );
  }
  const plan = forwardPlan(upgrade);
  return plan === undefined
    ? no(
        refuse(
          "not_found",
          `${upgrade.id} has no plan: it is a check, was refused or is still looked at.`,
          `\`--diff ${previous}\` takes the newest plan that there is.`,
        ),
      )
    : ok({ upgradeId: upgrade.id, plan });
}

async function newestPlan({ desk }: Call, { name }: Environment): Promise<Result<ComparedPlan, Refusal>> {
  const upgrades = await desk.list({ environment: name, limit: maxLookedThrough });
  for (const upgrade of upgrades) {
    const plan = forwardPlan(upgrade);
    if (plan !== undefined) return ok({ upgradeId: upgrade.id, plan });
  }
  return no(refuse("not_found", `${name} has no earlier plan to compare with.`, "Ask for the plan without `--diff`."));
}

/** The plan of an upgrade, also while or after its way back. */
function forwardPlan(upgrade: Upgrade): Plan | undefined {
  switch (upgrade.status) {
    case "surveying":
      return undefined;
    case "planned":
    case "closed":
      return upgrade.plan;
    case "active":
      return upgrade.forward.plan;
  }
}
