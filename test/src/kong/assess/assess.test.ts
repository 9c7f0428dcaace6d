import { describe, expect, test } from "vitest";
import { assess, assessWay } from "#src/kong/assess/assess.ts";
import type { Condition } from "#src/kong/catalogue/condition.ts";
import type { Applies, Hazard } from "#src/kong/catalogue/hazard.ts";
import { findingSchema } from "#src/kong/finding.ts";
import type { Severity } from "#src/kong/finding.ts";
import { emptyInventory } from "#src/kong/inventory.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import type { Installation } from "#test/src/kong/catalogue/installation.ts";
import { inventoryOf } from "#test/src/kong/catalogue/installation.ts";
import { hazardWhen } from "./hazards.ts";
import { hop } from "./judged.ts";

const always: Condition = { kind: "always" };
const asks: Condition = { kind: "manual", question: "Is it so?" };
const isAcl: Condition = { kind: "plugin", name: "acl" };

describe("findings", () => {
  test("say all that the hazard says", () => {
    const hazard = hazardWhen(isAcl, {
      area: "plugin",
      note: "Sources disagree.",
      byMigration: "Renames it.",
      fixes: [{ kind: "migrate_path" }],
    });
    const { findings } = assess(inventoryOf({ plugins: [{ id: "1", name: "acl" }] }), hop(), [hazard]);
    expect(findings).toEqual([
      {
        id: "a-hazard",
        kind: "finding",
        severity: "breaks_traffic",
        area: "plugin",
        title: "A hazard",
        effect: "Something breaks. Sources disagree.",
        evidence: [{ text: "global plugin acl (1)", what: "plugin acl", id: "1", name: "acl" }],
        count: 1,
        remedy: "Repair it.",
        byMigration: "Renames it.",
        isFixable: true,
        source: "a document; another",
      },
    ]);
    expect(findings.map((finding) => findingSchema.parse(finding))).toEqual(findings);
  });

  test("come with the worst first, what is hit before what is open before what is asked", () => {
    const of = (id: string, severity: Severity, when: Condition, area: Hazard["area"] = "general"): Hazard =>
      hazardWhen(when, { id, severity, area });
    const hazards = [
      of("f", "stops_start", asks),
      of("e", "stops_start", isAcl),
      of("d", "info", always),
      of("b", "changes_behaviour", always),
      of("c", "changes_behaviour", always),
      of("router", "changes_behaviour", always, "router"),
      of("a", "stops_start", always),
    ];
    const { findings } = assess(failed(), hop(), hazards);
    expect(findings.map(({ id }) => id)).toEqual(["a", "router", "b", "c", "d", "undecided-entities", "f"]);
  });
});

describe("questions", () => {
  test("come up where no machine found anything, and are evidence", () => {
    const hazard = hazardWhen({ any: [isAcl, asks] });
    expect(assess(inventoryOf({ plugins: [] }), hop(), [hazard]).findings).toMatchObject([
      { id: "a-hazard", kind: "question", evidence: [{ text: "Is it so?", what: "question" }], count: 1 },
    ]);
    expect(assess(inventoryOf({ plugins: [{ name: "acl" }] }), hop(), [hazard]).findings).toMatchObject([
      { id: "a-hazard", kind: "finding" },
    ]);
  });

  test("do not come up where what would tell was read wholly", () => {
    const found: Condition = { kind: "client", predicate: "matches", value: "/targets" };
    const hazard = hazardWhen({ any: [found, { ...asks, answeredBy: "scripts" }] });
    expect(assess(inventoryOf({ scripts: "true" }), hop(), [hazard])).toEqual({ findings: [], notChecked: [] });
    const { inputs, ...rest } = inventoryOf({ scripts: "true" });
    const scripts = { kind: "partly", problem: "only command lines of manifests were read" } as const;
    for (const given of [inventoryOf({}), { ...rest, inputs: { ...inputs, scripts } }]) {
      expect(assess(given, hop(), [hazard]).findings).toContainEqual(
        expect.objectContaining({ id: "a-hazard", kind: "question" }),
      );
    }
  });

  test("name a key that nobody set once, however often it is asked about", () => {
    const unset: Condition = { kind: "conf", key: "a", predicate: "absent" };
    const found: Condition = { kind: "client", predicate: "matches", value: "x" };
    const hazard = hazardWhen({ any: [{ all: [unset, found] }, { all: [unset, asks] }] });
    expect(assess(inventoryOf({ conf: {} }), hop(), [hazard]).findings).toMatchObject([
      { kind: "question", evidence: [{ text: "Is it so?" }, { text: "kong.conf: a is not set" }], count: 2 },
    ]);
  });

  test("name what they are about", () => {
    const { findings } = assess(inventoryOf({ plugins: [{ id: "1", name: "acl" }] }), hop(), [
      hazardWhen({ all: [isAcl, asks] }),
    ]);
    expect(findings).toMatchObject([
      { kind: "question", evidence: [{ text: "Is it so?" }, { text: "global plugin acl (1)" }], count: 2 },
    ]);
  });

  test("do not come up where what they are about is not there", () => {
    const hazard = hazardWhen({ all: [isAcl, asks] });
    expect(assess(inventoryOf({ plugins: [] }), hop(), [hazard])).toEqual({ findings: [], notChecked: [] });
  });
});

describe("what could not be decided", () => {
  test("is listed by input when nobody gave it, and is no finding", () => {
    const hazards = [
      hazardWhen(isAcl, { id: "a", title: "A" }),
      hazardWhen(isAcl, { id: "b", title: "B", severity: "stops_start" }),
    ];
    expect(assess(emptyInventory("2026-11-26"), hop(), hazards)).toEqual({
      findings: [],
      notChecked: [
        {
          input: "entities",
          state: "not_given",
          problem: "routes, services and plugins (Admin API or a declarative file): not given",
          hazards: ["b", "a"],
          titles: ["B", "A"],
        },
      ],
    });
  });

  test("is one finding for each input that was asked for and could not be read, as bad as the worst hazard", () => {
    const hazards = [
      hazardWhen(isAcl, { id: "a", title: "A" }),
      hazardWhen(isAcl, { id: "b", title: "B", severity: "stops_start" }),
    ];
    const { findings, notChecked } = assess(failed(), hop(), hazards);
    expect(findings).toMatchObject([
      {
        id: "undecided-entities",
        kind: "undecided",
        severity: "stops_start",
        evidence: [
          { text: "B", name: "b" },
          { text: "A", name: "a" },
        ],
        count: 2,
      },
    ]);
    expect(findings[0]?.effect).toContain("403 Forbidden");
    expect(notChecked).toMatchObject([{ input: "entities", state: "failed", hazards: ["b", "a"] }]);
  });

  test("is told under every input that is missing, and not where the rest decides", () => {
    const source: Condition = { kind: "source", files: "**/*.lua", predicate: "matches", value: "x" };
    const { notChecked } = assess(emptyInventory("2026-11-26"), hop(), [hazardWhen({ any: [isAcl, source] })]);
    expect(notChecked.map(({ input }) => input)).toEqual(["entities", "sources"]);
    expect(assess(inventoryOf({ plugins: [] }), hop(), [hazardWhen({ all: [isAcl, source] })]).notChecked).toEqual([]);
    expect(
      assess(inventoryOf({ plugins: [{ name: "acl" }] }), hop(), [hazardWhen({ any: [isAcl, source] })]).notChecked,
    ).toEqual([]);
  });

  test("names an input that was read and does not tell", () => {
    const os: Condition = { kind: "deployment", path: "os", predicate: "equals", value: "debian8" };
    const { findings, notChecked } = assess(inventoryOf({ hosts: [{ node: "a" }] }), hop(), [hazardWhen(os)]);
    expect(findings).toEqual([]);
    expect(notChecked).toMatchObject([{ input: "hosts", state: "read", hazards: ["a-hazard"] }]);
  });
});

describe("where a hazard matters at all", () => {
  const chart = { fromBelow: "2.8.0", toAtLeast: "2.8.0" };

  test.each<{ title: string; applies: Applies; given: Installation; strategy?: string; isHit: boolean }>([
    {
      title: "the topology",
      applies: { topology: ["hybrid"] },
      given: { deployment: { topology: "hybrid" } },
      isHit: true,
    },
    {
      title: "another topology",
      applies: { topology: ["hybrid"] },
      given: { deployment: { topology: "dbless" } },
      isHit: false,
    },
    { title: "a topology nobody told", applies: { topology: ["hybrid"] }, given: {}, isHit: true },
    {
      title: "the database server",
      applies: { database: ["cassandra"] },
      given: { database: { kind: "postgres", version: "15" } },
      isHit: false,
    },
    { title: "the strategy", applies: { strategy: ["blue-green"] }, given: {}, strategy: "blue-green", isHit: true },
    { title: "another strategy", applies: { strategy: ["blue-green"] }, given: {}, strategy: "in-place", isHit: false },
    {
      title: "a strategy of that kind",
      applies: { strategy: ["kubernetes"] },
      given: {},
      strategy: "helm-single",
      isHit: true,
    },
    { title: "no strategy yet", applies: { strategy: ["blue-green"] }, given: {}, isHit: true },
    {
      title: "a value that counts",
      applies: { conf: { a: ["x", "unset"] } },
      given: { conf: { a: "x" } },
      isHit: true,
    },
    {
      title: "a value that does not count",
      applies: { conf: { a: ["x", "unset"] } },
      given: { conf: { a: "y" } },
      isHit: false,
    },
    { title: "an unset key that counts", applies: { conf: { a: ["x", "unset"] } }, given: { conf: {} }, isHit: true },
    { title: "an unset key that does not count", applies: { conf: { a: ["x"] } }, given: { conf: {} }, isHit: false },
    { title: "a configuration nobody gave", applies: { conf: { a: ["x"] } }, given: {}, isHit: true },
    {
      title: "a chart that crosses",
      applies: { chart },
      given: { helm: [{ chartVersion: "2.7.0", targetChartVersion: "2.10.1" }] },
      isHit: true,
    },
    {
      title: "a chart that is past it",
      applies: { chart },
      given: { helm: [{ chartVersion: "2.8.1", targetChartVersion: "2.10.1" }] },
      isHit: false,
    },
    {
      title: "a chart that stays below",
      applies: { chart },
      given: { helm: [{ chartVersion: "2.6.0", targetChartVersion: "2.7.0" }] },
      isHit: false,
    },
    { title: "no Helm at all", applies: { chart }, given: { deployment: { platform: "host" } }, isHit: false },
    { title: "no releases", applies: { chart }, given: { helm: [] }, isHit: false },
    {
      title: "one limit of two",
      applies: { topology: ["hybrid"], conf: { a: ["x"] } },
      given: { deployment: { topology: "hybrid" }, conf: { a: "y" } },
      isHit: false,
    },
  ])("$title", ({ applies, given, strategy, isHit }) => {
    const { findings, notChecked } = assess(inventoryOf(given), hop("2.8.4.1", "3.4.3.5", strategy), [
      hazardWhen(always, { applies }),
    ]);
    expect(findings).toHaveLength(isHit ? 1 : 0);
    expect(notChecked).toEqual([]);
  });

  test.each<{ title: string; given: Installation }>([
    { title: "no version of the chart", given: { helm: [{}] } },
    { title: "no version that it goes to", given: { helm: [{ chartVersion: "2.7.0" }] } },
    { title: "no version that it comes from", given: { helm: [{ targetChartVersion: "2.10.1" }] } },
    { title: "no version of one of two releases", given: { helm: [{ chartVersion: "2.9.0" }, {}] } },
    { title: "no Helm values", given: {} },
  ])("$title: not checked, and not asked", ({ given }) => {
    const hazards = [
      hazardWhen(always, { id: "hits", applies: { chart } }),
      hazardWhen(asks, { id: "asks", applies: { chart } }),
      hazardWhen({ not: always }, { id: "misses", applies: { chart } }),
    ];
    const { findings, notChecked } = assess(inventoryOf(given), hop(), hazards);
    expect(findings).toEqual([]);
    expect(notChecked).toMatchObject([{ input: "helm", hazards: ["hits", "asks"] }]);
  });
});

test("a way of several upgrades is judged once for each hazard, at the first stop where it hits", () => {
  const hazards = [
    hazardWhen(always, { id: "every-upgrade" }),
    hazardWhen(always, { id: "comes-with-3.4", since: "3.4" }),
    hazardWhen(always, { id: "known-issue-of-3.4", since: "3.4", fixedIn: ["3.5"] }),
    hazardWhen({ kind: "version", path: "from", predicate: "gte", value: "3.4" }, { id: "second-hop" }),
  ];
  const stops = [hop("2.8.4.1", "3.4.3.5"), hop("3.4.3.5", "3.10.0.1")];
  expect(assessWay(inventoryOf({}), stops, hazards).findings.map(({ id }) => id)).toEqual([
    "comes-with-3.4",
    "every-upgrade",
    "known-issue-of-3.4",
    "second-hop",
  ]);
  expect(assessWay(inventoryOf({}), [hop("2.8.4.1", "3.10.0.1")], hazards).findings.map(({ id }) => id)).toEqual([
    "comes-with-3.4",
    "every-upgrade",
  ]);
});

/** An inventory whose entities could not be read. */
function failed(): Inventory {
  const empty = emptyInventory("2026-11-26");
  return { ...empty, inputs: { ...empty.inputs, entities: { kind: "failed", problem: "403 Forbidden" } } };
}
