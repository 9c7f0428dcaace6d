import { isInside, nextOpening } from "#approvals/window.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { ok } from "#src/kernel/result.ts";
import { startGraceMs } from "#src/upgrade/decide-calendar.ts";
import { calendarOf } from "#src/upgrade/hold.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { dateToken, escapeText } from "#src/slack/views/text.ts";
import { act, targetArgument, warningText } from "./act.ts";
import { refuseStarting } from "./approvers.ts";
import type { Call, Command } from "./command.ts";
import { momentOf, refuseByCalendar } from "./moment.ts";
import type { Meant } from "./moment.ts";
import { accepted, refused } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { upgradeOf } from "./target.ts";
import { warnWithoutRunner } from "./without-runner.ts";

export const start: Command = {
  word: "start",
  summary: "begin the newest plan, now or at a time",
  details: [
    "Steps run one after the other, each is proven. Steps with a gate wait until their approvers agreed.",
    "A time without a zone is meant in the environment's time zone, else in yours as Slack knows it, else in UTC; the answer says which. `22:00` is the next time that it is 22:00 there. A time that has passed, that lies in a freeze, or that clocks skip or show twice is refused.",
    `A scheduled start is looked at once more when its time comes. It is made up for at most ${formatDuration(startGraceMs)} late; after that, and where something is in the way, the thread says so and a person decides.`,
  ],
  example: "start practice --at 22:00",
  positionals: [targetArgument],
  options: [
    {
      name: "at",
      description: 'when, e.g. 22:00, "2026-12-01 22:00", 2026-12-01T22:00+01:00, in 2h',
      value: "time",
      isMoment: true,
    },
    { name: "in", description: "after how long, e.g. 2h", value: "duration" },
  ],
  atTerminal: false,
  run: async (call) => {
    const { options } = call.arguments;
    const delay = options.get("in");
    if (delay !== undefined && options.has("at"))
      return refused({
        sentence: "`--at` and `--in` both say when.",
        help: "Give one of them. Nothing was scheduled.",
      });
    const typed = options.get("at") ?? (delay === undefined ? undefined : `in ${delay}`);
    return typed === undefined ? startNow(call) : startLater(call, typed);
  },
};

function startNow(call: Call): Promise<Reply> {
  return act(call, {
    intentFor: () => ok({ intent: "start", by: call.by }),
    refuse: async (upgrade) =>
      refuseByCalendar(call, upgrade, instantOf(call.now())) ?? (await refuseStarting(call, upgrade)),
    done: "started",
    warn: ({ request }) => warnWithoutRunner(call, request.environment),
  });
}

async function startLater(call: Call, typed: string): Promise<Reply> {
  const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "open");
  if (!upgrade.ok) return refused(upgrade.problem);
  const meant = await momentOf(call, upgrade.value, typed);
  if (!meant.ok) return refused(meant.problem);
  const { at, timeZone } = meant.value;
  const problem = refuseByCalendar(call, upgrade.value, at) ?? (await refuseStarting(call, upgrade.value));
  if (problem !== undefined) return refused(problem);
  const { id } = upgrade.value;
  const submitted = await call.desk.submit(
    id,
    { intent: "schedule_start", at, timeZone, by: call.by },
    actorOf(call.by),
  );
  if (!submitted.ok) return refused(submitted.problem);
  return accepted(id, said(submitted.value.upgrade, meant.value));
}

function said(upgrade: Upgrade, { at, timeZone, wall, whose }: Meant): string {
  const { id, request } = upgrade;
  const name = escapeText(request.environment.name);
  return `*${id}* of ${name} starts ${dateToken(at)}, which is ${wall} in ${escapeText(timeZone)} (${whose}). It is looked at once more then, and made up for at most ${formatDuration(startGraceMs)} late. \`/kong-upgrade unschedule\` takes it back.${windowWarning(upgrade, at)}`;
}

/** An early start is often meant: checks and the backup take their time before the window opens. */
function windowWarning(upgrade: Upgrade, at: string): string {
  const { maintenance } = calendarOf(upgrade);
  if (maintenance === undefined || isInside(maintenance.windows, at)) return "";
  const opening = nextOpening(maintenance.windows, at);
  return `${warningText("No maintenance window is open then: steps that only look run, and the first that may hurt traffic waits")}${opening === undefined ? "." : ` until ${dateToken(opening)}.`}`;
}
