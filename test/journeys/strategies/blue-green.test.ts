import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { contentsOf, failedRequests } from "#test/journeys/support/site/end-state.ts";
import { Execution } from "#test/journeys/support/site/execution.ts";
import { openSite } from "#test/journeys/support/site/site.ts";

const wish = { version: "2.8.5", old: ["kong-1", "kong-2"], fresh: ["green-1", "green-2"] };
const plan = { to: "3.4.2", strategy: "blue-green" };
const nodes = ["kong-1", "kong-2", "green-1", "green-2"] as const;
/** A quiet machine takes a fifth of it. */
const timeout = 600_000;

test("blue-green takes all traffic to the new cluster without a failed request", { timeout }, async () => {
  await using site = await openSite(wish);
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, plan);
  await upgrade.run("freeze");
  expect(site.isFrozen()).toBe(false);
  await upgrade.run("unfreeze");
  expect(site.isFrozen()).toBe(true);
  await upgrade.run();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "completed" } });
  expect(await site.serves(...nodes)).toEqual([undefined, undefined, "3.4.2", "3.4.2"]);
  expect(wish.old.map((name) => existsSync(site.host(name).node.directory))).toEqual([false, false]);
  expect(site.isFrozen()).toBe(false);
  expect(failedRequests(site)).toBe(0);
  expect(await contentsOf(site)).toMatchObject({ schema: "020_330_to_340", pending: 0, entities: before.entities });
  expect(await site.databases.list()).toEqual([site.databases.names.old]);
});

test("before finish traffic goes back to the old cluster without a failed request", { timeout }, async () => {
  await using site = await openSite(wish);
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, plan);
  await upgrade.run("stop-kong-2");
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves(...nodes)).toEqual(["2.8.5", "2.8.5", undefined, undefined]);
  expect(failedRequests(site)).toBe(0);
  expect(site.isFrozen()).toBe(false);
  // The price that the plan names: the data stay as `up` made them.
  const after = await contentsOf(site);
  expect(after).toMatchObject({ entities: before.entities });
  expect(after.pending).toBeGreaterThan(0);
  await expect(Execution.start(site, plan)).rejects.toThrow("schema_newer_than_package");
});

test("until the old version was tried on the migrated data the way back restores them", { timeout }, async () => {
  await using site = await openSite(wish);
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, plan);
  await upgrade.run("smoke-old");
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves(...nodes)).toEqual(["2.8.5", "2.8.5", undefined, undefined]);
  expect(await contentsOf(site)).toEqual(before);
  expect(site.isFrozen()).toBe(false);
  expect(await site.databases.list()).toHaveLength(2);
  // Nothing stands in the way of the next attempt.
  await Execution.start(site, plan);
});

test("after the old cluster was removed the way back makes it anew from the backup", { timeout }, async () => {
  await using site = await openSite(wish);
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, plan);
  await upgrade.run("unfreeze");
  // The notes of the way back ask for it: hosts that are gone have to be made before the first step.
  await upgrade.startRollback();
  expect(upgrade.plan.notes.join("\n")).toContain("make them again before the first step");
  for (const name of wish.old) await site.does("make-host", name);
  await upgrade.run();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves(...nodes)).toEqual(["2.8.5", "2.8.5", undefined, undefined]);
  expect(await contentsOf(site)).toEqual(before);
  expect(site.isFrozen()).toBe(false);
  expect(await site.databases.list()).toHaveLength(2);
});

test("an up that broke off in the middle is told with its cause and undone by a restore", { timeout }, async () => {
  await using site = await openSite({ ...wish, old: ["kong-1"], fresh: ["green-1"] });
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, plan);
  await upgrade.run("migrations-up");
  await site.breaks({ "migrations up": { raise_in: "018_310_to_320" } });
  const report = await upgrade.runFailing();
  expect(report.outcome).toBe("failed");
  expect(report.reason).toContain("failed to run migration '018_310_to_320' up");
  expect(await site.serves("kong-1")).toEqual(["2.8.5"]);
  await site.breaks({});
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves("kong-1", "green-1")).toEqual(["2.8.5", undefined]);
  expect(await contentsOf(site)).toEqual(before);
  expect(site.isFrozen()).toBe(false);
});
