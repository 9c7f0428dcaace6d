import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Step } from "#src/plan/step.ts";
import { declarativeFile } from "#test/journeys/support/site/declarative-file.ts";
import { contentsOf, failedRequests } from "#test/journeys/support/site/end-state.ts";
import { Execution } from "#test/journeys/support/site/execution.ts";
import { run } from "#test/journeys/support/site/ground.ts";
import { openSite } from "#test/journeys/support/site/site.ts";
import type { Site } from "#test/journeys/support/site/site.ts";

const wish = { version: "2.8.5", old: ["kong-1", "kong-2"], fresh: ["green-1", "green-2"], hasOwnDatabase: true };
const plan = { to: "3.4.2", strategy: "fresh-data-store" };
const nodes = ["kong-1", "kong-2", "green-1", "green-2"] as const;
/** A quiet machine takes a fifth of it. */
const timeout = 600_000;

/** No decK is configured, so a person loads the converted configuration into the new cluster. */
function byHand(site: Site): (step: Step) => Promise<void> {
  return async ({ id }) => {
    if (id !== "green-load-configuration") return;
    const file = join(site.folders.root, "kong-3.yml");
    await writeFile(file, declarativeFile(site.upstreamPort, { format: "3.0", regex: "~" }));
    const { kong, conf } = site.host("green-1").node;
    await run(kong, ["config", "db_import", file, "-c", conf]);
  };
}

test("fresh-data-store serves what was loaded from a file, and no old row", { timeout }, async () => {
  await using site = await openSite(wish);
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, { ...plan, byHand: byHand(site) });
  await upgrade.run();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "completed" } });
  expect(await site.serves(...nodes)).toEqual([undefined, undefined, "3.4.2", "3.4.2"]);
  expect(wish.old.map((name) => existsSync(site.host(name).node.directory))).toEqual([false, false]);
  expect(failedRequests(site)).toBe(0);
  expect(site.isFrozen()).toBe(false);
  expect(await contentsOf(site)).toEqual(before);
  expect(await contentsOf(site, site.databases.names.fresh)).toMatchObject({
    schema: "020_330_to_340",
    pending: 0,
    entities: ["routes catalog", "routes orders", "routes users", "services all"],
  });
});

test.each([
  ["while the old cluster runs", "shift-100"],
  ["while the old cluster is stopped", "decommission"],
])("%s the traffic goes back to it", { timeout }, async (_, at) => {
  await using site = await openSite(wish);
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, { ...plan, byHand: byHand(site) });
  await upgrade.run(at);
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves(...nodes)).toEqual(["2.8.5", "2.8.5", undefined, undefined]);
  expect(failedRequests(site)).toBe(0);
  expect(site.isFrozen()).toBe(false);
  expect(await contentsOf(site)).toEqual(before);
  expect(await site.databases.list()).not.toContain(site.databases.names.fresh);
});
