import { nextOpening } from "#approvals/window.ts";
import { instantOf, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { nearest } from "#src/kernel/nearest.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Calendar, Freeze } from "#src/plan/calendar.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import type { Lifted } from "#src/upgrade/events.ts";
import { calendarOf, freezeFor } from "#src/upgrade/hold.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { dateToken, escapeText } from "#src/slack/views/text.ts";
import { targetArgument } from "./act.ts";
import type { Call, Command } from "./command.ts";
import { callerOf, requester } from "./person.ts";
import { accepted, refused } from "./reply.ts";
import { upgradeOf } from "./target.ts";

export const lift: Command = {
  word: "lift",
  summary: "let one upgrade go on although a freeze or closed maintenance windows hold it",
  details: [
    "Only for people whom the configuration names for that freeze, or for the windows of the environment. It holds for this upgrade alone, and is recorded with name and reason: a freeze is lifted until it ends, windows until the next one opens.",
    "Without `--freeze` what holds now is lifted. A freeze that has not begun yet can be lifted by its name, so that a start can be scheduled into it.",
    "Going back never needs this: a rollback is held by no freeze and no window.",
  ],
  example: 'lift prod --reason "CVE, agreed with the change board"',
  positionals: [targetArgument],
  options: [
    { name: "reason", description: "why, for the record", value: "text", isRequired: true },
    { name: "freeze", description: "the name of the freeze", value: "name" },
  ],
  atTerminal: false,
  run: async (call) => {
    const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "open");
    if (!upgrade.ok) return refused(upgrade.problem);
    const { id, request } = upgrade.value;
    const hold = holdToLift(call, upgrade.value, instantOf(call.now()));
    if (!hold.ok) return refused(hold.problem);
    const caller = await callerOf(call, request.environment);
    if (!caller.ok) return refused(caller.problem);
    const reason = call.arguments.options.get("reason") ?? "";
    const submitted = await call.desk.submit(
      id,
      { intent: "lift_hold", hold: hold.value, person: caller.value, reason },
      actorOf(requester(caller.value)),
    );
    if (!submitted.ok) return refused(submitted.problem);
    const what =
      hold.value.kind === "freeze"
        ? `Freeze “${escapeText(hold.value.name)}” does not hold`
        : "The maintenance windows do not hold";
    return accepted(
      id,
      `${what} *${id}* any more, until ${dateToken(hold.value.until)}. It is recorded with your name.`,
    );
  },
};

function holdToLift(call: Call, upgrade: Upgrade, now: Instant): Result<Lifted, Refusal> {
  const calendar = calendarOf(upgrade);
  const named = call.arguments.options.get("freeze");
  if (named !== undefined) return freezeNamed(calendar, named, now);
  const freeze = freezeFor(upgrade, now);
  if (freeze !== undefined) return ok(lifting(freeze));
  const { maintenance } = calendar;
  const until = maintenance === undefined ? undefined : nextOpening(maintenance.windows, now);
  if (until === undefined || !isAfter(until, now))
    return no(
      refuse(
        "not_now",
        `Nothing in the calendar holds ${upgrade.id} now.`,
        "`/kong-upgrade status` shows what it waits for.",
      ),
    );
  return ok({ kind: "window", until });
}

function freezeNamed({ freezes }: Calendar, name: string, now: Instant): Result<Lifted, Refusal> {
  const ahead = freezes.filter(({ to }) => isAfter(to, now));
  const freeze = ahead.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (freeze !== undefined) return ok(lifting(freeze));
  const names = ahead.map((each) => each.name);
  const near = nearest(name, names);
  return no(
    refuse(
      "not_found",
      `No freeze of this environment is called “${name}”.${near === undefined ? "" : ` Did you mean “${near}”?`}`,
      names.length === 0 ? "None holds or lies ahead." : `Those that hold or lie ahead: ${names.join(", ")}.`,
    ),
  );
}

function lifting({ name, from, to }: Freeze): Lifted {
  return { kind: "freeze", name, from, until: to };
}
