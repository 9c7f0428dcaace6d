import { expect, test } from "vitest";
import { dualEnvironment } from "./environments/dual-cluster.ts";
import { factsOf } from "./environments/wishes.ts";
import { backFrom, planned } from "./planned.ts";
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
