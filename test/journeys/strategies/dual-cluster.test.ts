import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { allHooks, followInstructions } from "#test/journeys/support/site/by-hand.ts";
import { contentsOf, failedRequests } from "#test/journeys/support/site/end-state.ts";
import { Execution } from "#test/journeys/support/site/execution.ts";
import { openSite } from "#test/journeys/support/site/site.ts";

const wish = { version: "2.8.5", old: ["kong-1", "kong-2"], fresh: ["green-1", "green-2"], hasOwnDatabase: true };
const plan = { to: "3.4.2", strategy: "dual-cluster" };
const nodes = ["kong-1", "kong-2", "green-1", "green-2"] as const;
/** A quiet machine takes a fifth of it. */
const timeout = 600_000;

test("dual-cluster takes all traffic to the new cluster and leaves the old data alone", { timeout }, async () => {
  await using site = await openSite(wish);
  const { names } = site.databases;
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, plan);
  await upgrade.run();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "completed" } });
  expect(await site.serves(...nodes)).toEqual([undefined, undefined, "3.4.2", "3.4.2"]);
  expect(wish.old.map((name) => existsSync(site.host(name).node.directory))).toEqual([false, false]);
  expect(site.isFrozen()).toBe(false);
  expect(failedRequests(site)).toBe(0);
  expect(await contentsOf(site)).toEqual(before);
  expect(await contentsOf(site, names.fresh)).toMatchObject({
    schema: "020_330_to_340",
    pending: 0,
    entities: before.entities,
  });
});

test("while the old cluster runs traffic goes back without a failed request", { timeout }, async () => {
  await using site = await openSite(wish);
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, plan);
  await upgrade.run("shift-100");
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves(...nodes)).toEqual(["2.8.5", "2.8.5", undefined, undefined]);
  expect(failedRequests(site)).toBe(0);
  expect(await contentsOf(site)).toEqual(before);
  expect(site.isFrozen()).toBe(false);
  // Its database was set aside, so the next attempt finds the place free.
  expect(await site.databases.list()).not.toContain(site.databases.names.fresh);
  const again = await Execution.start(site, plan);
  await again.run("freeze");
});

test("after the old cluster was removed it is made anew on its own data", { timeout }, async () => {
  await using site = await openSite(wish);
  const before = await contentsOf(site);
  const upgrade = await Execution.start(site, plan);
  await upgrade.run("unfreeze");
  await upgrade.startRollback();
  expect(upgrade.plan.notes.join("\n")).toContain("make them again before the first step");
  for (const name of wish.old) await site.does("make-host", name);
  await upgrade.run();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves(...nodes)).toEqual(["2.8.5", "2.8.5", undefined, undefined]);
  expect(failedRequests(site)).toBe(0);
  expect(await contentsOf(site)).toEqual(before);
  expect(site.isFrozen()).toBe(false);
});

test("by hand: persons do what the instructions say, there and back again", { timeout }, async () => {
  await using site = await openSite({ ...wish, withoutHooks: allHooks, more: { smoke_tests: [] } });
  const before = await contentsOf(site);
  const byHand = followInstructions(site, { from: "2.8.5", to: plan.to });
  const upgrade = await Execution.start(site, { ...plan, byHand });
  await upgrade.run("unfreeze");
  expect(await site.serves(...nodes)).toEqual([undefined, undefined, "3.4.2", "3.4.2"]);
  expect(site.isFrozen()).toBe(true);
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves(...nodes)).toEqual(["2.8.5", "2.8.5", undefined, undefined]);
  expect(failedRequests(site)).toBe(0);
  expect(await contentsOf(site)).toEqual(before);
  expect(site.isFrozen()).toBe(false);
});
