import { expect, test } from "vitest";
import { assess } from "#src/kong/assess/assess.ts";
import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import { hopOf } from "./example-hop.ts";
import { inventoryOf } from "./installation.ts";
import type { Installation } from "./installation.ts";

interface Case {
  readonly hazard: string;
  readonly installation: Installation;
  readonly from: string;
  readonly to: string;
  /** Of the evidence. */
  readonly values: readonly (string | undefined)[];
}

const route = (...paths: readonly string[]): Installation => ({ conf: {}, routes: [{ name: "r", paths }] });

/** Whether a change matters can depend on the version that is left, not only on the one with the change. */
const cases: readonly Case[] = [
  // PCRE takes three spellings of a named group, Rust's engine two, and Kong converts one.
  {
    hazard: "30-regex-rust-constructs",
    installation: route("/(?'id'x)", "/(?<id>x)", "/(?P<id>x)"),
    from: "2.8.5",
    to: "3.4.2",
    values: ["/(?'id'x)"],
  },
  // The router of 2.x gave each path its own priority; only that of 3.0 to 3.2 did not.
  {
    hazard: "33-traditional-compatible-priority",
    installation: route("/a", "/a/b"),
    from: "2.8.5",
    to: "3.4.2",
    values: [],
  },
  {
    hazard: "33-traditional-compatible-priority",
    installation: route("/a", "/a/b"),
    from: "3.0.2",
    to: "3.4.2",
    values: ['["/a", "/a/b"]'],
  },
  // 2.x takes /a%20(b) for a regular expression, which the migration puts behind a ~; 3.0 takes it for plain text.
  {
    hazard: "31-non-normalised-paths",
    installation: route("/a%20(b)", "/x//y"),
    from: "2.8.5",
    to: "3.4.2",
    values: ["/x//y"],
  },
  {
    hazard: "31-non-normalised-paths",
    installation: route("/a%20(b)"),
    from: "3.0.2",
    to: "3.4.2",
    values: ["/a%20(b)"],
  },
];

test.each(cases)("$hazard from $from to $to", ({ hazard: id, installation, from, to, values }) => {
  const hazards = catalogue.filter((hazard) => hazard.id === id);
  const [hazard] = hazards;
  if (hazard === undefined) throw new Error(`${id} is no hazard`);
  const { findings } = assess(inventoryOf(installation), hopOf(hazard, { from, to }), hazards);
  expect(
    findings.flatMap(({ evidence }) => evidence.map((piece) => (typeof piece === "string" ? piece : piece.value))),
  ).toEqual(values);
});

test("an aws-lambda without a region is asked about where nobody gave the environment, and told where it was read", () => {
  const hazards = catalogue.filter(({ id }) => id === "30-lambda-region");
  const [hazard] = hazards;
  if (hazard === undefined) throw new Error("it is no hazard");
  const plugins = [{ id: "l", name: "aws-lambda", config: { function_name: "f" } }];
  const kinds = (installation: Installation): readonly string[] =>
    assess(inventoryOf(installation), hopOf(hazard, {}), hazards).findings.map(({ kind }) => kind);
  expect(kinds({ plugins })).toEqual(["question"]);
  expect(kinds({ plugins, conf: {} })).toEqual(["question"]);
  expect(kinds({ plugins, environmentNames: [] })).toEqual(["finding"]);
  expect(kinds({ plugins, environmentNames: ["AWS_REGION"] })).toEqual([]);
});
