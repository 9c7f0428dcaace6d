import { readFile, readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { openDblessSite } from "#test/journeys/support/site/dbless-site.ts";
import type { DblessSite } from "#test/journeys/support/site/dbless-site.ts";
import { failedRequests } from "#test/journeys/support/site/end-state.ts";
import { Execution } from "#test/journeys/support/site/execution.ts";
import { run } from "#test/journeys/support/site/ground.ts";
import type { Step } from "#src/plan/step.ts";

const wish = {
  version: "2.8.5",
  nodes: { "gw-a1": "zone-a", "gw-a2": "zone-a", "gw-a3": "zone-a" },
  rolling: { batch_size: 2, max_unavailable: 2, pause: "300ms" },
};
const plan = { to: "3.4.2", strategy: "rolling" };
const nodes = Object.keys(wish.nodes);
/** A quiet machine takes a fifth of it. */
const timeout = 600_000;

/** What the person at this site does for the steps without a hook. */
function byHand(site: DblessSite): (step: Step) => Promise<void> {
  const { converted } = site.declarative;
  return async ({ id }) => {
    if (id === "check-declarative") {
      await run(`${site.folders.root}/versions/3.4.2/bin/kong`, [
        "config",
        "parse",
        converted,
        "-p",
        `${site.folders.root}/parse`,
      ]);
    }
    if (id === "keep-declarative") {
      for (const name of nodes)
        await run("sed", [
          "-i",
          `s#^declarative_config = .*#declarative_config = ${converted}#`,
          site.host(name).node.conf,
        ]);
    }
  };
}

/** The file that each node loads when somebody restarts it by hand. */
async function loadedFiles(site: DblessSite): Promise<readonly string[]> {
  const texts = await Promise.all(nodes.map((name) => readFile(site.host(name).node.conf, "utf8")));
  return [...new Set(texts.map((text) => /^declarative_config = (.*)$/mu.exec(text)?.[1] ?? "none"))];
}

/** Nodes that somebody took out of the load balancer and did not put back. */
async function takenOut(site: DblessSite): Promise<readonly string[]> {
  return (await readdir(site.folders.balancer)).filter((name) => name.startsWith("out-"));
}

test("rolling replaces every node without a failed request", { timeout }, async () => {
  await using site = await openDblessSite(wish);
  const upgrade = await Execution.start(site, { ...plan, byHand: byHand(site) });
  await upgrade.run();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "completed" } });
  expect(await site.serves(...nodes)).toEqual(["3.4.2", "3.4.2", "3.4.2"]);
  expect(failedRequests(site)).toBe(0);
  expect(await takenOut(site)).toEqual([]);
  expect(await loadedFiles(site)).toEqual([site.declarative.converted]);
  expect(site.isFrozen()).toBe(false);
});

test.each([
  ["in the middle of a batch", "install-batch-2"],
  ["before the first request reaches the first node", "admit-batch-1"],
  ["after the old packages were removed", "unfreeze"],
])("%s the way back puts the old version onto every node that was reached", { timeout }, async (_, at) => {
  await using site = await openDblessSite(wish);
  const upgrade = await Execution.start(site, { ...plan, byHand: byHand(site) });
  await upgrade.run(at);
  await upgrade.rollBack();
  expect(upgrade.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(await site.serves(...nodes)).toEqual(["2.8.5", "2.8.5", "2.8.5"]);
  expect(failedRequests(site)).toBe(0);
  expect(await takenOut(site)).toEqual([]);
  expect(await loadedFiles(site)).toEqual([site.declarative.file]);
  expect(site.isFrozen()).toBe(false);
});
