import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { refuseWanted } from "#src/kong/upgrade-path.ts";
import { formatVersion, parseVersion } from "#src/kong/version.ts";
import { databaseKey } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import { recommended } from "#src/plan/choose-strategy.ts";
import { optionsSchema } from "#src/plan/plan.ts";
import type { RequestMode } from "#src/upgrade/events.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { refuseAsking } from "./approvers.ts";
import type { Call, Option, Positional } from "./command.ts";
import { warningText } from "./act.ts";
import { comparedPlan } from "./compare.ts";
import { accepted, refused } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { findRehearsal } from "./rehearsal.ts";
import { environmentOf } from "./target.ts";
import { warnWithoutRunner } from "./without-runner.ts";

export const environmentArgument: Positional = {
  name: "environment",
  description: "the installation; the channel's own when left out",
  isRequired: false,
  kind: "environment",
};

export const toOption: Option = {
  name: "to",
  description: "the wanted version, e.g. 3.4.2",
  value: "version",
  isRequired: true,
};

/** Asks for a plan, a check or a dry run; the answer comes when a runner has looked at the installation. */
export async function request(call: Call, mode: RequestMode): Promise<Reply> {
  const environment = environmentOf(call, call.arguments.positionals.get("environment"));
  if (!environment.ok) return refused(environment.problem);
  const version = checkVersion(environment.value, call.arguments.options.get("to") ?? "");
  if (!version.ok) return refused(version.problem);
  const { name, channel } = environment.value;
  const strategy = call.arguments.options.get("strategy") ?? recommended;
  if ((await call.isExternallyShared?.(channel)) === true) return refused(shared(channel));
  const older = await comparedPlan(call, environment.value);
  if (!older.ok) return refused(older.problem);
  const problem = mode === "plan" ? await refusePlan(call, environment.value) : undefined;
  if (problem !== undefined) return refused(problem);
  const wanted = { to: version.value, strategy };
  const rehearsal = mode === "plan" ? await findRehearsal(call.desk, environment.value, wanted) : undefined;
  const made = await call.desk.request(
    {
      intent: "request",
      mode,
      environment: environment.value,
      to: version.value,
      strategy,
      options: optionsSchema.parse({ order: call.arguments.options.get("order") ?? "test-first" }),
      by: call.by,
      channel,
      ...(older.value === undefined ? {} : { compareWith: older.value }),
      ...(rehearsal === undefined ? {} : { rehearsal }),
    },
    actorOf(call.by),
  );
  if (!made.ok) return refused(made.problem);
  const { id } = made.value.upgrade;
  const follows = {
    plan: `The plan for ${escapeText(version.value)} follows in the thread of its card.`,
    check: `The findings for ${escapeText(version.value)} follow in the thread of its card.`,
    dry_run: `The plan for ${escapeText(version.value)} follows in the thread of its card; nothing of it can be started.`,
  }[mode];
  const warning = warningText(await warnWithoutRunner(call, environment.value));
  return accepted(id, `*${id}*: a runner now looks at ${escapeText(name)} and changes nothing. ${follows}${warning}`);
}

/** Plans, commands and outputs would be read by people of another company. */
function shared(channel: string): Refusal {
  return refuse(
    "not_allowed",
    `<#${channel}> is shared with another organisation, which would read every command and output.`,
    "Configure a channel of this workspace alone for the environment.",
  );
}

/** What speaks against a plan that could be started, before anybody looks at the installation. */
async function refusePlan(call: Call, environment: Environment): Promise<Refusal | undefined> {
  return sharedWithOrigin(call, environment) ?? (await refuseAsking(call, environment));
}

/** A copy takes the place of the environment's own database: that must never be the one it is a copy of. */
function sharedWithOrigin({ environments }: Call, environment: Environment): Refusal | undefined {
  const origin = environments.find(({ name }) => name === environment.copyOf);
  if (origin === undefined || databaseKey(origin) !== databaseKey(environment)) return undefined;
  return refuse(
    "not_allowed",
    `${environment.name} is to be rebuilt from ${origin.name}, but both use the database ${databaseKey(origin)}.`,
    `Give ${environment.name} a database of its own.`,
  );
}

/** What is known to be wrong with a version without looking at the installation. */
function checkVersion(environment: Environment, typed: string): Result<string, Refusal> {
  // Four numbers are Enterprise (Kong docs, versioning), and an OSS installation may become one.
  const isEnterprise = parseVersion(typed)?.enterprisePatch !== undefined;
  const refusal = refuseWanted(typed, isEnterprise ? "enterprise" : environment.edition);
  if (refusal === undefined) return ok(normalise(typed));
  const nearest = refusal.nearest === undefined ? "" : ` The nearest one is ${refusal.nearest}.`;
  return no(refuse("not_now", `${capital(refusal.reason)}; ${refusal.rule}.`, `${refusal.source}.${nearest}`));
}

function normalise(typed: string): string {
  const version = parseVersion(typed);
  return version === undefined ? typed : formatVersion(version);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
