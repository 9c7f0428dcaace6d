import { expect, test } from "vitest";
import { assess } from "#src/kong/assess/assess.ts";
import type { Judgement } from "#src/kong/assess/assess.ts";
import type { Hop } from "#src/kong/assess/hop.ts";
import { makePatterns } from "#src/kong/assess/patterns.ts";
import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import type { Condition, Leaf } from "#src/kong/catalogue/condition.ts";
import { areas } from "#src/kong/catalogue/hazard.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { severities } from "#src/kong/finding.ts";
import { collectExamples } from "./collect-examples.ts";
import { hopOf } from "./example-hop.ts";
import { inventoryOf } from "./installation.ts";
import type { Installation } from "./installation.ts";

const examples = await collectExamples();
/** Kinds of conditions that search texts line by line. */
const textKinds = new Set(["source", "client", "cli", "metrics_consumer", "nginx_template"]);
const hazards = new Map(catalogue.map((hazard) => [hazard.id, hazard]));

test("every hazard has an id of its own", () => {
  expect(duplicates(catalogue.map(({ id }) => id))).toEqual([]);
});

test("every example is of a hazard that exists", () => {
  expect(examples.map(({ hazard }) => hazard).filter((id) => !hazards.has(id))).toEqual([]);
});

test.each(catalogue)("$id says what it does, what helps and who says so", (hazard) => {
  expect(hazard.effect).toMatch(/\w.{10,}/u);
  expect(hazard.remedy).toMatch(/\w.{3,}/u);
  expect(hazard.title).not.toBe("");
  expect(hazard.sources).not.toEqual([]);
  expect(areas).toContain(hazard.area);
  expect(severities).toContain(hazard.severity);
});

test.each(catalogue)("$id hits its example and misses the other", (hazard) => {
  const [example, ...others] = examples.filter((one) => one.hazard === hazard.id);
  if (example === undefined) throw new Error(`${hazard.id} has no example`);
  expect(others).toEqual([]);
  const hop = hopOf(hazard, example);

  const hit = judge(hazard, example.hits, hop);
  expect(hit.findings.filter(({ id }) => id === hazard.id)).toMatchObject([
    { kind: canHold(hazard.when) ? "finding" : "question", title: hazard.title },
  ]);
  const texts = hit.findings.flatMap(({ evidence }) =>
    evidence.map((one) => (typeof one === "string" ? one : one.text)),
  );
  for (const part of example.evidence ?? []) expect(texts.join("\n")).toContain(part);

  const missesHop = example.missesHop === undefined ? hop : hopOf(hazard, example.missesHop);
  const missed = judge(hazard, example.misses, missesHop);
  // Where a machine finds nothing, a person may still be asked; what only people can tell has to be quiet.
  const isStillAsked = example.missesHop === undefined && canHold(hazard.when) && isAskedAnyway(hazard.when);
  const wrong = missed.findings.filter(({ kind }) => kind !== "question" || !isStillAsked);
  expect(wrong).toEqual([]);
  expect(missed.notChecked).toEqual([]);
});

test.each(patternsOf(catalogue))("the pattern $pattern stays quick on a hostile $what", ({ pattern, length }) => {
  const regex = makePatterns().get(pattern);
  const started = process.cpuUsage();
  for (const piece of ["/", "a", "%41", " ", "(?", "\\", "~", "POST ", "/targets", "/rbac/users/a", "X-", "kong"]) {
    regex.test(piece.repeat(length).slice(0, length));
  }
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(500);
});

function judge(hazard: Hazard, installation: Installation, hop: Hop): Judgement {
  return assess(inventoryOf(installation), hop, [hazard]);
}

/** Whether a machine alone can find it. */
function canHold(condition: Condition): boolean {
  if ("any" in condition) return condition.any.some(canHold);
  if ("all" in condition) return condition.all.every(canHold);
  return "not" in condition || condition.kind !== "manual";
}

/** Whether a question is left where no machine finds anything. */
function isAskedAnyway(condition: Condition): boolean {
  if ("any" in condition) return condition.any.some(isAskedAnyway);
  if ("all" in condition) return condition.all.every(isAskedAnyway);
  return !("not" in condition) && condition.kind === "manual" && condition.answeredBy === undefined;
}

function leavesOf(condition: Condition): readonly Leaf[] {
  if ("any" in condition) return condition.any.flatMap(leavesOf);
  if ("all" in condition) return condition.all.flatMap(leavesOf);
  return "not" in condition ? leavesOf(condition.not) : [condition];
}

function duplicates(texts: readonly string[]): readonly string[] {
  return texts.filter((text, index) => texts.indexOf(text) !== index);
}

/** Every pattern once, and the longest text that it is ever given: a window of a line, or a whole value. */
function patternsOf(all: readonly Hazard[]): readonly { pattern: string; what: string; length: number }[] {
  const found = new Map<string, { pattern: string; what: string; length: number }>();
  for (const leaf of all.flatMap(({ when }) => leavesOf(when))) {
    const isText = textKinds.has(leaf.kind);
    for (const pattern of patternsIn(leaf)) {
      found.set(pattern, { pattern, what: isText ? "line" : "value", length: isText ? 4_000 : 100_000 });
    }
  }
  return [...found.values()];
}

function patternsIn(leaf: Leaf): readonly string[] {
  const asked =
    "predicate" in leaf && (leaf.predicate ?? "").endsWith("matches") && "value" in leaf ? [leaf.value] : [];
  const named = "name" in leaf ? [leaf.name] : "key" in leaf ? [leaf.key] : [];
  const regexes = named.filter((name) => /^\/.+\/$/u.test(name)).map((name) => name.slice(1, -1));
  return [...asked.filter((value) => typeof value === "string"), ...regexes];
}
