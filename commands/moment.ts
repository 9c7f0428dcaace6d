import type { Instant } from "#src/kernel/instant.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { no, ok, unreachable } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { readMoment, resolveMoment, wallText } from "#src/kernel/typed-moment.ts";
import type { ResolvedMoment } from "#src/kernel/typed-moment.ts";
import { isTimeZone, wallTimeAt } from "#src/kernel/zoned-time.ts";
import { refuseFrozen } from "#src/upgrade/decide-calendar.ts";
import { calendarOf, freezeAt } from "#src/upgrade/hold.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Call, Setting } from "./command.ts";

/** A moment that somebody typed, and by whose clock it was meant. */
export interface Meant {
  readonly at: Instant;
  readonly timeZone: string;
  /** `2026-12-01 22:00`, as a wall shows it there. */
  readonly wall: string;
  readonly whose: string;
}

const examples =
  'Write for example `--at 22:00`, `--at tomorrow 06:30`, `--at "2026-12-01 22:00"`, `--at 2026-12-01T22:00+01:00` or `--in 2h`.';

/** The moment that was typed, in the zone of the environment, else of the person, else UTC. */
export async function momentOf(call: Call, upgrade: Upgrade, typed: string): Promise<Result<Meant, Refusal>> {
  const moment = readMoment(typed);
  if (moment === undefined) return no(refuse("not_now", `“${typed}” is no time that I can read.`, examples));
  const place = await placeOf(call, upgrade);
  const resolved = resolveMoment(moment, { now: instantOf(call.now()), timeZone: place.timeZone });
  if (resolved.kind !== "at") return no(refuseMoment(resolved, typed));
  const { at, timeZone } = resolved;
  const isOwn = timeZone !== place.timeZone;
  return ok({ at, timeZone, wall: wallText(wallTimeAt(at, timeZone)), whose: isOwn ? "as you wrote" : place.whose });
}

function refuseMoment(resolved: Exclude<ResolvedMoment, { kind: "at" }>, typed: string): Refusal {
  switch (resolved.kind) {
    case "no_such_date":
      return refuse("not_now", `There is no such day or time of day as “${typed}”.`, examples);
    case "skipped": {
      const { wall, timeZone, after } = resolved;
      return refuse(
        "not_now",
        `${wallText(wall)} does not exist in ${timeZone}: clocks go forward over it.`,
        `The first time after it is ${wallText(after)}.`,
      );
    }
    case "twice": {
      const { wall, timeZone, moments } = resolved;
      return refuse(
        "not_now",
        `${wallText(wall)} happens twice in ${timeZone}, because clocks go back: ${moments.join(" and ")}.`,
        `Write which one is meant: ${moments.map((at) => `\`--at ${at.slice(0, 16)}Z\``).join(" or ")}.`,
      );
    }
    default:
      return unreachable(resolved);
  }
}

/** Whose clock on the wall is meant where nothing is written. */
async function placeOf(
  { environments, by, timeZoneOf }: Call,
  upgrade: Upgrade,
): Promise<{ readonly timeZone: string; readonly whose: string }> {
  const { name } = upgrade.request.environment;
  const configured = environments.find((each) => each.name === name)?.calendar ?? calendarOf(upgrade);
  if (configured.timeZone !== undefined) return { timeZone: configured.timeZone, whose: `the time zone of ${name}` };
  const own = by.kind === "slack" ? await timeZoneOf?.(by.person.userId) : undefined;
  return own !== undefined && isTimeZone(own)
    ? { timeZone: own, whose: "your time zone in Slack" }
    : { timeZone: "UTC", whose: `${name} has no time zone in the configuration` };
}

/**
 * The no of a freeze by the configuration as this process knows it, also where the record was not told of it yet: the bot
 * may have been started with a new one a moment ago.
 */
export function refuseByCalendar(
  { environments }: Pick<Setting, "environments">,
  upgrade: Upgrade,
  at: Instant,
): Refusal | undefined {
  const { name } = upgrade.request.environment;
  const { freezes = [] } = environments.find((each) => each.name === name)?.calendar ?? {};
  const freeze = upgrade.status === "planned" ? freezeAt(freezes, upgrade.lifts ?? [], at) : undefined;
  return freeze === undefined ? undefined : refuseFrozen(freeze, `${upgrade.id} cannot be started at ${at}`);
}
