import { z } from "zod";
import { isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { readMoment, resolveMoment, wallText } from "#src/kernel/typed-moment.ts";
import { isTimeZone } from "#src/kernel/zoned-time.ts";
import { environmentName } from "./field-schemas.ts";
import { writtenList } from "./list-of-people.ts";

export const timeZone = z.string().refine(isTimeZone, "expected a time zone such as Europe/Berlin");

/** Which steps the windows of an environment hold, besides those whose policy says only_in_window. */
export const windowsHold = z
  .enum(["disruptive", "all", "policies"])
  .default("disruptive")
  .describe(
    "which steps start only while a window is open: those that may hurt traffic or cannot be undone, all, or only those whose policy says only_in_window",
  );

export const liftedBy = writtenList
  .optional()
  .describe(
    "who may lift it for one upgrade: groups and Slack user ids, with commas between them; nobody where absent",
  );

const moment = z
  .string()
  .max(100)
  .describe("e.g. 2026-12-20, 2026-12-20 18:00 (in time_zone) or 2026-12-20T18:00+01:00");

const exampleOfMoment = "expected a date such as 2026-12-20, 2026-12-20 18:00 or 2026-12-20T18:00+01:00";

/** A freeze of the whole organisation, with its moments as instants. */
export const freeze = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, "expected a name of letters, digits, spaces, dots and dashes"),
    from: moment,
    to: moment.describe("not included; a date alone is its first minute"),
    time_zone: timeZone.optional().describe("of dates and times that are written without one; UTC where absent"),
    reason: z.string().max(500).default(""),
    lifted_by: liftedBy,
    except: z.array(environmentName).max(200).default([]).describe("environments that it does not bind"),
    break_glass: z.boolean().default(false).describe("whether a step whose glass was broken starts all the same"),
  })
  .transform((written, context) => {
    const zone = written.time_zone ?? "UTC";
    const read = (key: "from" | "to"): Instant | undefined => {
      const found = momentOf(written[key], zone);
      if (found.ok) return found.at;
      context.addIssue({ code: "custom", path: [key], message: found.problem, input: undefined });
      return undefined;
    };
    const [from, to] = [read("from"), read("to")];
    if (from === undefined || to === undefined) return z.NEVER;
    if (!isAfter(to, from)) {
      context.addIssue({ code: "custom", path: ["to"], message: "expected a moment after from", input: undefined });
      return z.NEVER;
    }
    return { ...written, from, to };
  });

type Found = { readonly ok: true; readonly at: Instant } | { readonly ok: false; readonly problem: string };

/** Only what has a date: a freeze that begins “at 22:00” would begin anew at every start of the bot. */
function momentOf(text: string, zone: string): Found {
  const typed = readMoment(text);
  if (typed?.kind !== "wall") return { ok: false, problem: exampleOfMoment };
  const resolved = resolveMoment(typed, { now: "1970-01-01T00:00:00.000Z", timeZone: zone });
  switch (resolved.kind) {
    case "at":
      return { ok: true, at: resolved.at };
    case "no_such_date":
      return { ok: false, problem: "there is no such day or time of day" };
    case "skipped":
      return {
        ok: false,
        problem: `clocks of ${resolved.timeZone} jump over that time to ${wallText(resolved.after)}; write that`,
      };
    case "twice":
      return {
        ok: false,
        problem: `clocks of ${resolved.timeZone} show that time twice; write ${resolved.moments.join(" or ")}`,
      };
  }
}
