import { expect, test } from "vitest";
import { clusterEnvironment, clusterFacts, release } from "./cluster-sample.ts";
import { dualEnvironment } from "./environments/dual-cluster.ts";
import { factsOf } from "./environments/wishes.ts";
import { dblessEnvironment, dblessFacts, hybridEnvironment, hybridFacts } from "./hybrid-sample.ts";
import { backFrom, planned, refusalCodes } from "./planned.ts";
import type { Wish } from "./planned.ts";
import { sampleHooks } from "./sample.ts";

const { install: _, ...hooks } = sampleHooks;
const byRecipe = dualEnvironment({ hooks, packages: { recipe: "yum", usesSudo: false } });

function lines(wish: Wish, stepId: string, from?: string): readonly string[] {
  const { steps } = from === undefined ? planned(wish) : backFrom(wish, from);
  const action = steps.find(({ id }) => id === stepId)?.action;
  return action?.kind === "commands" ? action.commands.map(({ argv }) => argv.join(" ")) : [];
}

test("the second cluster gets the Enterprise package on hosts that never had another, and its licence before any traffic", () => {
  const wish: Wish = {
    environment: byRecipe,
    facts: factsOf(byRecipe, "3.4.2"),
    to: "3.4.2.0",
    strategy: "dual-cluster",
  };
  expect(new Set(lines(wish, "green-install"))).toStrictEqual(
    new Set(["yum install -y kong-enterprise-edition-3.4.2.0"]),
  );
  const ids = planned(wish).steps.map(({ id }) => id);
  expect(ids.indexOf("green-licence")).toBeGreaterThan(ids.indexOf("start-green-2"));
  expect(ids.indexOf("green-licence")).toBeLessThan(ids.indexOf("shift-10"));
});

test("an upgrade that keeps the edition applies no licence", () => {
  const wish: Wish = {
    environment: byRecipe,
    facts: factsOf(byRecipe, "3.4.2"),
    to: "3.5.0",
    strategy: "dual-cluster",
  };
  expect(planned(wish).steps.map(({ id }) => id)).not.toContain("green-licence");
});

test("going back from a decommissioned old cluster installs its version, which is no downgrade there", () => {
  const wish: Wish = {
    environment: byRecipe,
    facts: factsOf(byRecipe, "3.4.2"),
    to: "3.5.0",
    strategy: "dual-cluster",
  };
  expect(new Set(lines(wish, "back-install", "decommission"))).toStrictEqual(new Set(["yum install -y kong-3.4.2"]));
});

test("nodes without a database change the edition one by one, and take the licence from their own files", () => {
  const environment = dblessEnvironment({ hooks, packages: { recipe: "dpkg", usesSudo: false } });
  const wish: Wish = { environment, facts: dblessFacts(environment, "3.4.2"), to: "3.4.2.0", strategy: "rolling" };
  expect(lines(wish, "install-batch-1")).toStrictEqual([
    "dpkg -r kong",
    "dpkg --force-confold -i /var/lib/kong-upgrade/packages/kong-enterprise-edition_3.4.2.0_amd64.deb",
  ]);
  expect(planned(wish).notes.join("\n")).toMatch(/KONG_LICENSE_DATA.*_workspace/su);
  expect(planned({ ...wish, strategy: "recommended" }).strategy).toBe("rolling");
});

test("data planes do not change the edition without their control planes", () => {
  const environment = hybridEnvironment();
  const facts = hybridFacts(environment, { controlPlane: "3.4.2", dataPlane: "3.4.2" });
  expect(refusalCodes({ environment, facts, to: "3.4.2.0", strategy: "rolling" })).toContain("edition_change");
});

function inCluster(releases = [release("kong", "all")]): Wish {
  const environment = clusterEnvironment(releases);
  const facts = clusterFacts(environment, { version: "3.4.2" });
  return { environment, facts, to: "3.4.2.0", strategy: "recommended" };
}

test("by Helm a person says what the values have to name before a release gets the Enterprise image", () => {
  const plan = planned(inCluster());
  expect(plan.strategy).toBe("helm");
  const ids = plan.steps.map(({ id }) => id);
  // Values in Git reach the cluster by themselves until the freeze has stopped that.
  expect(ids.indexOf("enterprise-values")).toBeGreaterThan(ids.indexOf("freeze"));
  expect(ids.indexOf("enterprise-values")).toBeLessThan(ids.indexOf("save-releases"));
  expect(lines(inCluster(), "upgrade-kong").join("\n")).toContain("image.tag=3.4.2.0");
  const action = plan.steps.find(({ id }) => id === "enterprise-values")?.action;
  expect(action).toMatchObject({ kind: "manual" });
  expect(JSON.stringify(action)).toMatch(/values-kong\.yaml.*image\.repository.*enterprise\.license_secret/u);
});

test("by Helm only the backup brings Kong OSS back once `up` of Kong Enterprise was started", () => {
  const ids = backFrom(inCluster(), "upgrade-kong").steps.map(({ id }) => id);
  expect(ids).toContain("back-restore-database");
});

test("releases of the same edition are asked for nothing", () => {
  expect(planned({ ...inCluster(), to: "3.5.0" }).steps.map(({ id }) => id)).not.toContain("enterprise-values");
});

test.each([
  ["edition_in_hybrid", "helm-split", [release("cp", "control_plane"), release("dp", "data_plane")]],
  ["edition_without_values", "helm", [{ ...release("kong", "all"), values: [] }]],
] as const)("%s: %s does not change the edition", (code, strategy, releases) => {
  expect(refusalCodes({ ...inCluster([...releases]), strategy })).toContain(code);
});
