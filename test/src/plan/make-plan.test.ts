import { describe, expect, test } from "vitest";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { makePlans } from "#src/plan/make-plans.ts";
import type { PlanRequest } from "#src/plan/make-plan.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import { planSchema } from "#src/plan/plan.ts";
import { sampleDatabase, sampleEnvironment, sampleFacts, sampleFinding, sampleNode } from "./sample.ts";

interface Given {
  readonly upgradeId?: string;
  readonly environment?: Environment;
  readonly facts?: Facts;
  readonly to?: string;
}

function requestOf({
  upgradeId = "KU-2026-0007",
  environment = sampleEnvironment(),
  facts = sampleFacts(),
  to = "3.4.2",
}: Given): PlanRequest {
  return { upgradeId, environment, facts, to, strategy: "in-place", options: { order: "test-first" } };
}

function plan(given: Given) {
  return makePlan(requestOf(given));
}

function refusalCodes(given: Given): readonly string[] {
  const made = plan(given);
  return made.ok ? [] : made.problem.map((refusal) => refusal.code);
}

const withMigrations = (migrations: NonNullable<NonNullable<Facts["database"]>["migrations"]>): Facts =>
  sampleFacts({ database: sampleDatabase({ migrations }) });

describe("a plan is refused", () => {
  const nodes = sampleEnvironment().nodes;
  const cases: readonly (readonly [string, Given, readonly string[]])[] = [
    ["for a downgrade", { to: "2.8.1" }, ["downgrade"]],
    ["for the running version", { to: "2.8.5" }, ["same_version"]],
    ["for a version nobody knows", { to: "3.4.9" }, ["unknown_version"]],
    ["for a word that is no version", { to: "latest" }, ["version_not_understood"]],
    [
      "when nodes run different versions",
      { facts: sampleFacts({ nodes: [sampleNode("kong-1", "2.8.5"), sampleNode("kong-2", "2.8.4")] }) },
      ["mixed_versions"],
    ],
    [
      "when a node serves another version than is installed",
      {
        facts: sampleFacts({
          nodes: [sampleNode("kong-1", "2.8.5"), { ...sampleNode("kong-2", "2.8.5"), cliVersion: "3.4.2" }],
        }),
      },
      ["package_differs"],
    ],
    [
      "when a node tells no version",
      { facts: sampleFacts({ nodes: [sampleNode("kong-1", "2.8.5"), { name: "kong-2" }] }) },
      ["version_unknown"],
    ],
    [
      "when an earlier upgrade was never finished",
      { facts: withMigrations({ state: "pending", executed: {}, pending: { core: ["016_280_to_300"] }, new: {} }) },
      ["earlier_upgrade_unfinished"],
    ],
    [
      "when the database lacks migrations of the running version",
      { facts: withMigrations({ state: "new", executed: {}, pending: {}, new: { core: ["015_270_to_280"] } }) },
      ["migrations_missing"],
    ],
    [
      "when the database was never bootstrapped",
      { facts: withMigrations({ state: "needs_bootstrap", executed: {}, pending: {}, new: {} }) },
      ["not_bootstrapped"],
    ],
    [
      "when `kong migrations` told nothing",
      {
        facts: sampleFacts({
          database: { serverVersion: "15.18", sizeBytes: 1, schemaMeta: [], counts: {} },
        }),
      },
      ["migrations_unread"],
    ],
    [
      "when the schema is newer than the installed package",
      {
        facts: sampleFacts({
          database: sampleDatabase({
            schemaMeta: [{ subsystem: "core", executed: ["000_base", "016_280_to_300"], pending: [] }],
          }),
        }),
      },
      ["schema_newer_than_package"],
    ],
    [
      "when PostgreSQL is too old",
      { facts: sampleFacts({ database: sampleDatabase({ serverVersion: "9.4.26" }) }) },
      ["postgres_too_old"],
    ],
    [
      "when a node has no database",
      {
        facts: sampleFacts({
          nodes: [
            sampleNode("kong-1", "2.8.5"),
            {
              name: "kong-2",
              admin: { version: "2.8.5", database: "off", role: "data_plane", databaseReachable: false, plugins: [] },
            },
          ],
        }),
      },
      ["database_unsupported", "topology_unsupported"],
    ],
    ["when the environment is of the other edition", { to: "3.4.3.5" }, ["edition_and_version"]],
    [
      "for a path with a quote, which Kong would run as code",
      { environment: sampleEnvironment({ nodes: nodes.map((node) => ({ ...node, conf: "/etc/kong'; rm -rf /" })) }) },
      ["unsafe_text", "unsafe_text"],
    ],
    ["for a relative backup folder", { environment: sampleEnvironment({ backupDir: "backups" }) }, ["unsafe_text"]],
    ["for an upgrade id that is a path", { upgradeId: "../KU-1" }, ["unsafe_text"]],
    [
      "for two nodes of one name",
      { environment: sampleEnvironment({ nodes: [...nodes.slice(0, 1), ...nodes.slice(0, 1)] }) },
      ["node_named_twice"],
    ],
  ];

  test.each(cases)("%s", (_, given, codes) => {
    expect(refusalCodes(given)).toStrictEqual(codes);
  });

  test("with every complaint at once", () => {
    const { database: _, ...facts } = sampleFacts();
    expect(refusalCodes({ facts, to: "2.8.1", upgradeId: "a b" })).toStrictEqual([
      "unsafe_text",
      "downgrade",
      "database_unread",
    ]);
  });
});

describe("a way of several upgrades", () => {
  const stops = ["3.4.2", "3.5.0", "3.6.1", "3.7.1", "3.8.1", "3.9.3"];

  test("is planned one upgrade at a time, and says which follow and why none can be skipped", () => {
    const made = plan({ to: "3.9.3" });
    expect(made).toMatchObject({
      ok: true,
      value: { from: "2.8.5", to: "3.4.2", journey: { target: "3.9.3", hops: stops.map((to) => ({ to })) } },
    });
    const notes = made.ok ? made.value.notes.join("\n") : "";
    expect(notes).toContain(`takes 6 upgrades (${stops.join(" → ")})`);
    expect(notes).toContain("3.4 cannot be skipped");
    expect(notes).toContain("3.8 cannot be skipped");
  });

  test("has a plan for every upgrade, the later ones as previews from the version before", () => {
    const made = makePlans(requestOf({ to: "3.9.3" }));
    if (!made.ok) throw new Error(JSON.stringify(made.problem));
    expect(made.value.map(({ from, to }) => `${from} → ${to}`)).toStrictEqual(
      stops.map((to, index) => `${index === 0 ? "2.8.5" : (stops[index - 1] ?? "")} → ${to}`),
    );
    const [first, ...previews] = made.value;
    expect(first?.notes.some((note) => note.startsWith("Preview:"))).toBe(false);
    expect(previews.every(({ notes }) => notes[0]?.startsWith("Preview:"))).toBe(true);
    expect(plan({ to: "3.9.3" })).toMatchObject({ value: { digest: first?.digest } });
  });

  test("begins below 3.x for an installation of 1.x", () => {
    const nodes = [sampleNode("kong-1", "1.5.1"), sampleNode("kong-2", "1.5.1")];
    const made = plan({ facts: sampleFacts({ nodes }) });
    expect(made).toMatchObject({ ok: true, value: { from: "1.5.1", to: expect.stringMatching(/^2\./u) } });
  });
});

test("the same facts give the same plan, and it fits the schema of the record", () => {
  const [first, second] = [plan({}), plan({})];
  expect(first).toStrictEqual(second);
  expect(planSchema.parse(first.ok ? first.value : undefined)).toStrictEqual(first.ok ? first.value : undefined);
});

test("a node that told nothing is refused with what its sources said", () => {
  const at = "2026-11-21T03:00:00.000Z";
  const problem = "connect ECONNREFUSED 127.0.0.1:8101";
  const made = plan({
    facts: sampleFacts({
      nodes: [sampleNode("kong-1", "2.8.5"), { name: "kong-2" }],
      sources: [{ name: "kong-2: Admin API", outcome: { kind: "failed", at, problem, undecided: [] } }],
    }),
  });
  expect(made).toMatchObject({ problem: [{ code: "version_unknown", sentence: expect.stringContaining(problem) }] });
});

test("a patch of the same line may have no migrations, so `up` is not asked for new ones", () => {
  const made = plan({
    facts: sampleFacts({ nodes: ["kong-1", "kong-2"].map((name) => sampleNode(name, "2.8.1")) }),
    to: "2.8.5",
  });
  const up = made.ok ? made.value.steps.find((step) => step.id === "migrations-up") : undefined;
  expect(up?.precheck).toContainEqual({ kind: "migrations", node: "kong-1", oneOf: ["new", "up_to_date"] });
});

test("many findings are acknowledged in one text that fits a message", () => {
  const findings = Array.from({ length: 60 }, (_, index) =>
    sampleFinding({ id: `finding-${index}`, title: "x".repeat(90) }),
  );
  const made = plan({
    facts: sampleFacts({
      assessment: { target: "3.4.2", hops: [{ from: "2.8.5", to: "3.4.2", findings, notChecked: [] }] },
    }),
  });
  const step = made.ok ? made.value.steps.find((each) => each.id === "acknowledge-findings") : undefined;
  const instruction = step?.action.kind === "manual" ? step.action.instruction : "";
  expect(instruction).toMatch(/and \d+ more$/u);
  expect(instruction.length).toBeLessThan(3_000);
});

test("a plan made for versions that the survey did not judge says so as a finding", () => {
  const made = plan({ to: "3.3.1" });
  expect(made).toMatchObject({
    value: { findings: expect.arrayContaining([expect.objectContaining({ id: "not-assessed" })]) },
  });
});

test("a version with the old Enterprise suffix is compared as a number", () => {
  const nodes = ["kong-1", "kong-2"].map((name) => sampleNode(name, "2.8.4.1-enterprise-edition"));
  const made = plan({
    environment: sampleEnvironment({ edition: "enterprise" }),
    facts: sampleFacts({ nodes }),
    to: "3.4.3.29",
  });
  expect(made).toMatchObject({ ok: true, value: { from: "2.8.4.1", to: "3.4.3.29" } });
});

test("T34: a password stands in a plan only as the place where it lies", () => {
  const made = plan({});
  expect(JSON.stringify(made)).toContain('"KONG_PG_PASSWORD":{"env":"KONG_DB_PASSWORD"}');
  expect(JSON.stringify(made)).toContain('"PGPASSWORD":{"file":"/etc/kong-upgrade/admin-password"}');
});

describe("a rollback is refused", () => {
  const made = plan({});
  const forward = made.ok ? made.value : undefined;
  const shared = { upgradeId: "KU-2026-0007", environment: sampleEnvironment(), facts: sampleFacts() };

  test("when the migrations ran without a proven backup", () => {
    if (forward === undefined) throw new Error("no plan");
    const back = makeRollbackPlan({
      ...shared,
      plan: forward,
      progress: { done: ["freeze"], begun: ["migrations-up"] },
    });
    expect(back).toMatchObject({ ok: false, problem: [{ code: "no_backup" }] });
  });

  test("when the plan is a rollback already", () => {
    if (forward === undefined) throw new Error("no plan");
    const back = makeRollbackPlan({
      ...shared,
      plan: { ...forward, kind: "rollback" },
      progress: { done: [], begun: [] },
    });
    expect(back).toMatchObject({ ok: false, problem: [{ code: "already_rolling_back" }] });
  });
});
