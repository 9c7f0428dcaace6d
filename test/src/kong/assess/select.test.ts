import { expect, test } from "vitest";
import { concerns } from "#src/kong/assess/select.ts";
import type { Hop } from "#src/kong/assess/hop.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

const change = (since: string, more: Partial<Parameters<typeof concerns>[0]> = {}): Parameters<typeof concerns>[0] => ({
  since,
  edition: "both",
  ...more,
});

test.each([
  { title: "a change concerns the upgrade to its version", hazard: change("3.0"), way: "2.8.5 3.0.0", is: true },
  { title: "a change is over once it is in effect", hazard: change("3.0"), way: "3.0.0 3.1.0", is: false },
  { title: "a change is not there before its version", hazard: change("3.5"), way: "3.3.0 3.4.2", is: false },
  { title: "a jump brings every change between", hazard: change("3.5"), way: "3.4.2 3.9.1", is: true },
  { title: "3.10 comes after 3.9", hazard: change("3.10"), way: "3.4.3.5 3.9.1.2", is: false },
  { title: "a change in a patch comes with that patch", hazard: change("3.4.3.5"), way: "3.4.3.4 3.4.3.5", is: true },
  {
    title: "what is not tied to a version concerns every upgrade",
    hazard: change("any"),
    way: "3.4.0 3.4.2",
    is: true,
  },
  {
    title: "who has a backport is not hit again",
    hazard: change("3.6", { also: ["3.4.3.5"] }),
    way: "3.4.3.7 3.6.1.0",
    is: false,
  },
  {
    title: "a backport of one line says nothing of the next",
    hazard: change("3.6", { also: ["3.4.3.5"] }),
    way: "3.4.3.4 3.5.0.1",
    is: false,
  },
  {
    title: "a backport comes with its own line",
    hazard: change("3.6", { also: ["3.4.3.5"] }),
    way: "3.3.0.0 3.4.3.5",
    is: true,
  },
  {
    title: "a patch with four parts is nothing OSS has",
    hazard: change("3.6", { also: ["3.4.3.5"] }),
    way: "3.3.0 3.4.4",
    is: false,
  },
  {
    title: "a known issue is gone from the fix of the target's own line on",
    hazard: change("3.4", { fixedIn: ["3.4.3.1", "3.5.0.2", "3.6"] }),
    way: "3.3.0.0 3.4.3.1",
    is: false,
  },
  {
    title: "a known issue is there before the fix of the target's own line",
    hazard: change("3.4", { fixedIn: ["3.4.3.1", "3.5.0.2", "3.6"] }),
    way: "3.3.0.0 3.4.3.0",
    is: true,
  },
  {
    title: "past the newest fixed line a known issue is gone",
    hazard: change("3.4", { fixedIn: ["3.4.3.1", "3.5.0.2", "3.6"] }),
    way: "3.3.0.0 3.10.0.1",
    is: false,
  },
  {
    title: "a line between two fixed ones is not repaired unless it is named",
    hazard: change("3.4", { fixedIn: ["3.4.3.1", "3.6"] }),
    way: "3.3.0.0 3.5.0.7",
    is: true,
  },
  {
    title: "a fix with four parts repairs nothing in OSS",
    hazard: change("3.4", { fixedIn: ["3.4.3.1"] }),
    way: "3.3.0 3.4.9",
    is: true,
  },
  {
    title: "OSS has its own fixes where they are named",
    hazard: change("3.6", { fixedIn: ["3.6.1.1", "3.7"], fixedInOss: ["3.6.1"] }),
    way: "3.5.0 3.6.1",
    is: false,
  },
  {
    title: "Enterprise has all changes of both",
    hazard: change("3.0", { edition: "both" }),
    way: "2.8.4.1 3.0.0.0",
    is: true,
  },
  {
    title: "OSS has none of Enterprise",
    hazard: change("3.0", { edition: "enterprise" }),
    way: "2.8.5 3.0.0",
    is: false,
  },
  {
    title: "Enterprise has none of OSS alone",
    hazard: change("3.0", { edition: "oss" }),
    way: "2.8.4.1 3.0.0.0",
    is: false,
  },
])("$title", ({ hazard, way, is }) => {
  const [from = "", to = ""] = way.split(" ");
  expect(concerns(hazard, hop(from, to))).toBe(is);
});

function hop(from: string, to: string): Hop {
  return { from: version(from), to: version(to), edition: to.split(".").length === 4 ? "enterprise" : "oss" };
}

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}
