import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Call, Setting } from "./command.ts";
import { nearest } from "#src/kernel/nearest.ts";

/** The environment that a command names, or the channel's; refused where it is operated in another channel. */
export function environmentOf(call: Setting, typed: string | undefined): Result<Environment, Refusal> {
  const { environments, channel } = call;
  if (typed === undefined) {
    const own = environments.find((environment) => environment.channel === channel);
    return own === undefined ? no(nameOne(call)) : ok(own);
  }
  const environment = environments.find((candidate) => candidate.name === typed.toLowerCase());
  if (environment === undefined) return no(unknownEnvironment(typed, environments));
  return checkChannel(call, environment);
}

/** The upgrade that a command names by id or environment; else the channel's open one, or `newest` where that is enough. */
export async function upgradeOf(
  call: Call,
  typed: string | undefined,
  wanted: "open" | "newest",
): Promise<Result<Upgrade, Refusal>> {
  const id = asUpgradeId(typed);
  if (id !== undefined) return byId(call, id);
  const environment = environmentOf(call, typed);
  if (!environment.ok) return environment;
  const { name } = environment.value;
  const open = await call.desk.findOpen(name);
  if (open !== undefined) return ok(open);
  const [latest] = await call.desk.list({ environment: name, limit: 1 });
  if (latest !== undefined && wanted === "newest") return ok(latest);
  return no(
    refuse(
      "not_found",
      `There is no open upgrade of ${name}.`,
      latest === undefined
        ? `Ask for a plan: \`/kong-upgrade plan ${name} --to <version>\`.`
        : `The last one was ${latest.id} (\`/kong-upgrade status ${latest.id}\`). Ask for a new plan: \`/kong-upgrade plan ${name} --to <version>\`.`,
    ),
  );
}

/** `KU-2026-0007`, also typed in small letters. */
export function asUpgradeId(typed: string | undefined): UpgradeId | undefined {
  const parsed = upgradeIdSchema.safeParse(typed?.toUpperCase());
  return parsed.success ? parsed.data : undefined;
}

async function byId(call: Call, id: UpgradeId): Promise<Result<Upgrade, Refusal>> {
  const upgrade = await call.desk.find(id);
  if (upgrade === undefined)
    return no(refuse("not_found", `There is no upgrade ${id}.`, "`/kong-upgrade status` lists the open ones."));
  const environment = checkChannel(call, upgrade.request.environment);
  return environment.ok ? ok(upgrade) : environment;
}

function checkChannel({ channel }: Setting, environment: Environment): Result<Environment, Refusal> {
  if (channel === undefined || channel === environment.channel) return ok(environment);
  return no(
    refuse(
      "wrong_channel",
      `${environment.name} is operated in its own channel.`,
      `Please type this in <#${environment.channel}>.`,
    ),
  );
}

function nameOne({ environments, channel }: Setting): Refusal {
  if (channel === undefined)
    return refuse(
      "usage",
      "Name an environment, or an upgrade such as KU-2026-0007.",
      `Known environments: ${environments.map(({ name }) => name).join(", ")}.`,
    );
  return refuse(
    "wrong_channel",
    "This channel belongs to no environment.",
    `Type the command in the channel of the environment: ${environments.map((each) => `${each.name} in <#${each.channel}>`).join(", ")}.`,
  );
}

/** A name that no environment has, with the nearest that one has. */
export function unknownEnvironment(typed: string, environments: readonly Environment[]): Refusal {
  const names = environments.map(({ name }) => name);
  const near = nearest(typed, names);
  return refuse(
    "environment_unknown",
    `There is no environment “${typed}”.${near === undefined ? "" : ` Did you mean “${near}”?`}`,
    `Known environments: ${names.join(", ")}.`,
  );
}
