import type { Calendar, Freeze } from "#src/plan/calendar.ts";
import type { ConfigEnvironment, ConfigFile } from "./file-schema.ts";
import type { Member } from "./list-of-people.ts";
import { present } from "./present.ts";
import { toList, toWindow } from "./to-policy.ts";

/** When an environment may be changed; undefined where nothing is written about that. */
export function toCalendar(name: string, file: ConfigEnvironment, all: ConfigFile): Calendar | undefined {
  const { windows, windows_hold: holds, windows_lifted_by: liftedBy } = file;
  const maintenance =
    windows === undefined || holds === "policies"
      ? undefined
      : {
          windows: windows.map(toWindow),
          bind: holds === "all" ? ("all" as const) : ("impacting" as const),
          mayLift: peopleOf(liftedBy, all),
        };
  const freezes = all.freezes.filter(({ except }) => !except.includes(name)).map((freeze) => toFreeze(freeze, all));
  const timeZone = file.time_zone ?? zoneOfWindows(windows);
  if (maintenance === undefined && freezes.length === 0 && timeZone === undefined) return undefined;
  return { freezes, ...present("maintenance", maintenance), ...present("timeZone", timeZone) };
}

function toFreeze(written: ConfigFile["freezes"][number], all: ConfigFile): Freeze {
  const { name, from, to, reason, lifted_by: liftedBy, break_glass: yieldsToBrokenGlass } = written;
  return { name, from, to, reason, mayLift: peopleOf(liftedBy, all), yieldsToBrokenGlass };
}

function peopleOf(members: readonly Member[] | undefined, { groups }: ConfigFile): Freeze["mayLift"] {
  const { users, groups: ids } = toList(members ?? [], groups);
  return { users, groups: ids };
}

/** Windows that are all of one place tell where the environment is. */
function zoneOfWindows(windows: ConfigEnvironment["windows"]): string | undefined {
  const zones = new Set((windows ?? []).map((window) => window.time_zone));
  const [only, ...others] = zones;
  return others.length === 0 ? only : undefined;
}
