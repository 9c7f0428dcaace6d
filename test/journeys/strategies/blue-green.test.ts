import { expect, test } from "vitest";
import { Execution } from "#test/journeys/support/site/execution.ts";
import { openSite } from "#test/journeys/support/site/site.ts";

test("blue-green takes both clusters through one database without a failed request", async () => {
  await using site = await openSite({ version: "2.8.5", old: ["kong-1", "kong-2"], fresh: ["green-1", "green-2"] });
  const upgrade = await Execution.start(site, { to: "3.4.2", strategy: "blue-green" });
  await upgrade.run();
  expect(await site.serves("kong-1", "kong-2", "green-1", "green-2")).toEqual([undefined, undefined, "3.4.2", "3.4.2"]);
  expect(site.traffic.report().total.since_start.errors).toBe(0);
});
