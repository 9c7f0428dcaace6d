import { expect, test } from "vitest";
import { complaintsAbout, environmentOf, sampleFile } from "./config-sample.ts";

const windows = "windows: [{ days: [tue], from: 22:00, to: 04:00, time_zone: Europe/Berlin }]";
const groups = "groups: { sre-leads: { users: [U0ERIN001, U0NINA001] } }\n";

function withFreezes(...freezes: readonly string[]): string {
  return `${sampleFile()}${groups}freezes:\n${freezes.map((freeze) => `  - ${freeze}\n`).join("")}`;
}

function complain(text: string): readonly string[] {
  return complaintsAbout(text).map(({ path, message }) => `${path}: ${message}`);
}

test("windows hold what may hurt traffic or cannot be undone, everything, or only what a policy says", () => {
  expect(environmentOf(sampleFile(windows)).calendar).toEqual({
    timeZone: "Europe/Berlin",
    freezes: [],
    maintenance: {
      windows: [{ days: ["tue"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" }],
      bind: "impacting",
      mayLift: { users: [], groups: [] },
    },
  });
  const all = sampleFile(windows, "windows_hold: all", "windows_lifted_by: U0ERIN001, S0LEADS01");
  expect(environmentOf(all).calendar?.maintenance).toMatchObject({
    bind: "all",
    mayLift: { users: ["U0ERIN001"], groups: ["S0LEADS01"] },
  });
  expect(environmentOf(sampleFile()).calendar).toBeUndefined();
});

test("a freeze binds every environment that it does not except, by the clock of its zone or by its own offset", () => {
  const text = withFreezes(
    '{ name: year end, from: 2026-12-18 18:00, to: "2027-01-04T06:00-05:00", time_zone: Europe/Berlin, reason: shop, lifted_by: "@sre-leads" }',
    "{ name: elsewhere, from: 2026-12-01, to: 2026-12-02, except: [prod] }",
  );
  expect(complain(text)).toEqual([]);
  expect(environmentOf(text).calendar?.freezes).toEqual([
    {
      name: "year end",
      from: "2026-12-18T17:00:00.000Z",
      to: "2027-01-04T11:00:00.000Z",
      reason: "shop",
      mayLift: { users: ["U0ERIN001", "U0NINA001"], groups: [] },
      yieldsToBrokenGlass: false,
    },
  ]);
});

test("everything wrong with freezes and windows is told at once", () => {
  const text = withFreezes(
    "{ name: a, from: 2026-12-18 18:00, to: 2026-12-18 18:00 }",
    "{ name: a, from: 22:00, to: 2026-02-30 }",
    "{ name: b, from: 2026-03-29 02:30, to: 2026-10-25 02:30, time_zone: Europe/Berlin }",
    '{ name: c, from: 2026-01-01, to: 2026-01-02, time_zone: Mars, lifted_by: "@sre-lead", except: [prd] }',
  ).replace("    policies:", '    windows_lifted_by: "@nobody"\n    time_zone: Venus\n    policies:');
  expect(complain(text)).toEqual([
    "environments.prod.windows_lifted_by: there is no group @nobody; define it under groups: at the top of the file",
    "environments.prod.time_zone: expected a time zone such as Europe/Berlin",
    "freezes.0.to: expected a moment after from",
    "freezes.1.from: expected a date such as 2026-12-20, 2026-12-20 18:00 or 2026-12-20T18:00+01:00",
    "freezes.1.to: there is no such day or time of day",
    "freezes.1.name: another freeze has this name; give each its own",
    "freezes.2.from: clocks of Europe/Berlin jump over that time to 2026-03-29 03:00; write that",
    "freezes.2.to: clocks of Europe/Berlin show that time twice; write 2026-10-25T00:30:00.000Z or 2026-10-25T01:30:00.000Z",
    "freezes.3.time_zone: expected a time zone such as Europe/Berlin",
    "freezes.3.lifted_by: there is no group @sre-lead; did you mean @sre-leads?",
    "freezes.3.except.0: there is no environment of this name; did you mean prod?",
  ]);
});
