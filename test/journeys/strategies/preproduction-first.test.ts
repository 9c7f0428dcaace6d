import { join } from "node:path";
import { expect, test } from "vitest";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Step } from "#src/plan/step.ts";
import { contentsOf } from "#test/journeys/support/site/end-state.ts";
import { Execution } from "#test/journeys/support/site/execution.ts";
import { run } from "#test/journeys/support/site/ground.ts";
import { openSite } from "#test/journeys/support/site/site.ts";
import type { Site } from "#test/journeys/support/site/site.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";

const plan = { to: "3.4.2", strategy: "in-place" };
/** A quiet machine takes a fifth of it. */
const timeout = 600_000;
// In place host and configuration stay; what was kept of the old package is removed by hand here.
// The clients' share of failed requests is that of the last second.
const soak = "2400ms";
const withoutHooks = ["decommission", "configure"];

interface Pair extends AsyncDisposable {
  readonly production: Site;
  readonly staging: Site;
}

/** Production with one node, a dump of its database, and a preproduction that holds something else until it is rebuilt. */
async function openPair(): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const production = stack.use(
    await openSite({
      name: "prod",
      neighbour: "staging",
      version: "2.8.5",
      old: ["kong-1"],
      withoutHooks,
      soak,
      more: { preproduction: "staging" },
    }),
  );
  const dump = join(production.folders.root, "prod.dump");
  const { pgDump } = production.environment.tools;
  const { host, port, role, names } = production.databases;
  await run(pgDump, ["-F", "c", "-f", dump, `postgres://${role.user}:${role.password}@${host}:${port}/${names.old}`]);
  const staging = stack.use(
    await openSite({
      name: "staging",
      neighbour: "prod",
      version: "2.8.5",
      old: ["stage-1"],
      withoutHooks,
      soak,
      more: { copy_of: "prod", copy_source: dump },
    }),
  );
  await staging.databases.query(staging.databases.names.old, "delete from plugins");
  const closing = stack.move();
  return { production, staging, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

test("production may begin when the same plan was completed on a copy of it", { timeout }, async () => {
  await using pair = await openPair();
  const { production, staging } = pair;
  const desk = new MemoryDesk();
  const wish = { ...plan, desk };
  await expect(Execution.start(production, wish)).rejects.toThrow("preproduction_missing");

  const inProduction = await contentsOf(production);
  expect(await contentsOf(staging)).not.toEqual(inProduction);
  const rehearsal = await Execution.start(staging, wish);
  await rehearsal.run("preflight");
  expect(await contentsOf(staging)).toEqual(inProduction);
  await rehearsal.run();
  expect(rehearsal.upgrade).toMatchObject({ status: "closed", outcome: { kind: "completed" } });
  expect(await staging.serves("stage-1")).toEqual(["3.4.2"]);
  const { entities } = inProduction;
  expect(await contentsOf(staging)).toMatchObject({ schema: "020_330_to_340", pending: 0, entities });

  const upgrade = await Execution.start(production, wish);
  await upgrade.run("freeze");
  expect(upgrade.executed[0]).toBe("preproduction-evidence");
  await upgrade.rollBack();
  expect(await production.serves("kong-1")).toEqual(["2.8.5"]);
  expect(await contentsOf(production)).toEqual(inProduction);
});

test("a copy that stopped in the middle is undone by hand, to what was there before", { timeout }, async () => {
  await using pair = await openPair();
  const { staging } = pair;
  const before = await contentsOf(staging);
  const byHand = async (step: Step): Promise<void> => {
    if (step.id === "back-copy-undo") await undo(staging, step);
  };
  const upgrade = await Execution.start(staging, { ...plan, byHand });
  await upgrade.run("copy-start-stage-1");
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await staging.serves("stage-1")).toEqual(["2.8.5"]);
  expect(await contentsOf(staging)).toEqual(before);
});

test("after finish the copy goes back to what it was when the upgrade began", { timeout }, async () => {
  await using pair = await openPair();
  const { production, staging } = pair;
  const upgrade = await Execution.start(staging, plan);
  await upgrade.run("unfreeze");
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await staging.serves("stage-1")).toEqual(["2.8.5"]);
  expect(await contentsOf(staging)).toEqual(await contentsOf(production));
  expect(staging.isFrozen()).toBe(false);
});

/** Exactly what the instruction says: stop, drop the copy, rename, start. */
async function undo(site: Site, step: Step): Promise<void> {
  const { name, host, port } = databaseOf(site.environment);
  const sql =
    step.action.kind === "manual" ? /`(ALTER DATABASE [^`]*)`/u.exec(step.action.instruction)?.[1] : undefined;
  if (sql === undefined) throw new Error("the instruction names no statement");
  const { psql } = site.environment.tools;
  const { user, password } = site.databases.admin;
  const { kong, conf, prefix } = site.host("stage-1").node;
  const address = `postgres://${user}:${password}@${host}:${port}/postgres`;
  await run(kong, ["quit", "-p", prefix]).catch(() => undefined);
  await run(psql, ["-c", `DROP DATABASE "${name}"`, address]);
  await run(psql, ["-c", sql, address]);
  await run(kong, ["start", "-c", conf]);
}
