import { describe, expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import type { Rehearsal } from "#src/plan/rehearsal.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import { clusterEnvironment, clusterFacts } from "./cluster-sample.ts";
import { dblessEnvironment, dblessFacts } from "./hybrid-sample.ts";
import { planText } from "./plan-text.ts";
import { backFrom, planned, refusalCodes, stoppedAt, upgradeId } from "./planned.ts";
import type { Wish } from "./planned.ts";
import { sampleEnvironment, sampleFacts } from "./sample.ts";

const staging = sampleEnvironment({
  name: "staging",
  copyOf: "prod",
  copySource: "/var/backups/prod/newest.dump",
  keyring: true,
});
const onStaging: Wish = { environment: staging, facts: sampleFacts(), to: "3.4.2", strategy: "in-place" };

const prod = sampleEnvironment({ name: "prod", preproduction: "staging" });
const rehearsal: Rehearsal = {
  upgradeId: "KU-2026-0003",
  environment: "staging",
  from: "2.8.5",
  to: "3.4.2",
  strategy: "in-place",
  completedAt: "2026-11-14T14:05:09.000Z",
  recordHead: `sha256:${"ab".repeat(32)}`,
};
const onProd: Wish = { environment: prod, facts: sampleFacts(), to: "3.4.2", strategy: "in-place", rehearsal };

const edge = dblessEnvironment({ name: "edge-staging", copyOf: "edge" });
const cluster = clusterEnvironment(undefined, { name: "kube-staging", copyOf: "kube" });

test.each([
  ["preproduction-copy", onStaging],
  ["preproduction-production", onProd],
  [
    "preproduction-copy-dbless",
    { environment: edge, facts: dblessFacts(edge, "3.4.2"), to: "3.5.0", strategy: "rolling" },
  ],
] satisfies readonly (readonly [string, Wish])[])("the plan %s", async (name, wish) => {
  await expect(planText(planned(wish))).toMatchFileSnapshot(`golden/${name}.txt`);
});

test("the way back while the copy is made is a person's, and says so", async () => {
  await expect(planText(backFrom(onStaging, "copy-restore"))).toMatchFileSnapshot(
    "golden/preproduction-rollback-copying.txt",
  );
  const plan = planned(onStaging);
  expect(describeWayBack(plan, stoppedAt(plan, "copy-restore")).sentence).toContain(
    "copy of production is not complete",
  );
});

test("the way back of the upgrade itself begins when the copy is proven, or was not begun", () => {
  for (const stepId of ["copy-dump", "preflight", "migrations-up"]) {
    expect(backFrom(onStaging, stepId).steps.map(({ id }) => id)).not.toContain("back-copy-undo");
  }
});

test("names of migrations that were read before the copy are never compared with it, on either way", () => {
  const plan = planned(onStaging);
  const back = backFrom(onStaging, "migrations-finish");
  const kinds = [...plan.steps, ...back.steps].flatMap(({ precheck, proof }) =>
    [...precheck, ...proof].map(({ kind }) => kind),
  );
  expect(kinds).not.toContain("schema_meta");
  expect(kinds).toContain("migrations");
});

test("a copy touches no backup of production, and is not a point of no return", () => {
  const plan = planned(onStaging);
  const copying = plan.steps.filter(({ id }) => id.startsWith("copy-"));
  expect(copying.map(({ id }) => id)).toEqual([
    "copy-dump",
    "copy-stop-kong-1",
    "copy-stop-kong-2",
    "copy-set-aside",
    "copy-create",
    "copy-restore",
    "copy-start-kong-1",
    "copy-start-kong-2",
    "copy-keyring",
    "copy-check",
  ]);
  expect(copying.every((step) => step.class !== "irreversible")).toBe(true);
});

test("the baseline of a copy waits until the downtime of copying has left the figures of the last minutes", () => {
  const settling = (environment: Environment): unknown =>
    planned({ ...onStaging, environment }).steps.find(({ id }) => id === "baseline")?.action;
  const soak = { ...staging.soak, metricsUrl: "http://127.0.0.1:9090/" };
  expect(settling({ ...staging, soak: { ...soak, durationMs: 120_000 } })).toEqual({
    kind: "baseline",
    settleMs: 60_000,
  });
  expect(settling({ ...staging, soak: { ...soak, durationMs: 3_600_000 } })).toMatchObject({ settleMs: 180_000 });
  const { metricsUrl: _, ...unmetered } = soak;
  expect(settling({ ...staging, soak: unmetered })).toEqual({ kind: "baseline" });
  expect(planned(onProd).steps.find(({ id }) => id === "baseline")?.action).toEqual({ kind: "baseline" });
});

test("releases of a cluster are rebuilt by a person", () => {
  const facts = clusterFacts(cluster, { version: "3.4.2" });
  const [first] = planned({ environment: cluster, facts, to: "3.5.0", strategy: "helm" }).steps;
  expect(first).toMatchObject({ id: "copy-by-hand", action: { kind: "manual" } });
});

describe("production asks for a rehearsal", () => {
  const problems: readonly (readonly [string, Partial<Rehearsal> | undefined, string])[] = [
    ["of any kind", undefined, "none was completed"],
    ["of its own preproduction", { environment: "sandbox" }, "none was completed"],
    ["from the same version", { from: "2.8.4" }, "was 2.8.4 → 3.4.2 by in-place"],
    ["to the same version", { to: "3.4.1" }, "was 2.8.5 → 3.4.1 by in-place"],
    ["by the same strategy", { strategy: "dual-cluster" }, "by dual-cluster"],
    ["of the last 30 days", { completedAt: "2026-10-22T02:59:59.999Z" }, "older than 30 days"],
  ];
  test.each(problems)("%s", (_, change, sentence) => {
    const given = change === undefined ? undefined : { ...rehearsal, ...change };
    const made = makePlan({ upgradeId, ...onProd, rehearsal: given, options: { order: "test-first" } });
    expect(made).toMatchObject({ ok: false, problem: [{ code: "preproduction_missing" }] });
    expect(made.ok ? "" : made.problem[0]?.sentence).toContain(sentence);
    expect(made.ok ? "" : made.problem[0]?.help).toContain("/kong-upgrade plan staging --to 3.4.2 --strategy in-place");
  });

  test("and takes one of exactly 30 days", () => {
    expect(refusalCodes({ ...onProd, rehearsal: { ...rehearsal, completedAt: "2026-10-22T03:00:00.000Z" } })).toEqual(
      [],
    );
  });

  test("whose identity is part of the digest", () => {
    const other = planned({ ...onProd, rehearsal: { ...rehearsal, upgradeId: "KU-2026-0004" } });
    expect(other.digest).not.toBe(planned(onProd).digest);
    expect(other.steps.map(({ id }) => id)).toEqual(planned(onProd).steps.map(({ id }) => id));
  });

  test("and an environment without preproduction ignores it", () => {
    const { preproduction: _, ...free }: Environment = prod;
    expect(planned({ ...onProd, environment: free }).digest).toBe(
      planned({ ...onProd, environment: free, rehearsal: undefined }).digest,
    );
  });
});

test("the way back of production needs no rehearsal", () => {
  const plan = planned(onProd);
  const progress = stoppedAt(plan, "stop-kong-1");
  const { environment, facts } = onProd;
  expect(makeRollbackPlan({ upgradeId, environment, facts, plan, progress }).ok).toBe(true);
});
