import fc from "fast-check";
import { dump, parseEvents } from "js-yaml";
import { expect, test } from "vitest";
import { declarativeCollector } from "#src/discovery/files/declarative/collector.ts";
import { readBlockLines } from "#src/discovery/files/yaml/block-lines.ts";
import { buildFromEvents } from "#src/discovery/files/yaml/events.ts";
import { readJsonPiece } from "#src/discovery/files/yaml/json-text.ts";
import { hideSecret, knownTexts } from "#src/discovery/files/yaml/known-texts.ts";
import { documentMemory } from "#src/discovery/files/yaml/builder-state.ts";
import { yamlParts } from "#src/discovery/files/yaml/parts.ts";
import type { Entity } from "#src/kong/inventory.ts";
import { anyConfiguration } from "./configuration-arbitrary.ts";

/** The whole of a text as one value, put together from its parts; troubles as well. */
function readWhole(text: string): { readonly value: unknown; readonly troubles: readonly string[] } {
  const value: Record<string, unknown> = {};
  const troubles: string[] = [];
  for (const part of yamlParts(text, knownTexts())) {
    if (part.kind === "key") value[part.key] = [];
    else if (part.kind === "value") value[part.key] = part.value;
    else if (part.kind === "item") value[part.key] = [...listAt(value, part.key), part.value];
    else if (part.kind === "trouble") troubles.push(`${part.line}: ${part.text}`);
  }
  return { value, troubles };
}

function listAt(value: Readonly<Record<string, unknown>>, key: string): readonly unknown[] {
  const list: unknown = value[key];
  return Array.isArray(list) ? list : [];
}

function entitiesOf(file: string, text: string): readonly Entity[] {
  const collector = declarativeCollector(knownTexts());
  collector.add({ file, text, naming: "named" });
  const { entities, troubles } = collector.finish();
  expect(troubles).toEqual([]);
  return entities;
}

function withoutPlaces(entities: readonly Entity[]): readonly unknown[] {
  return entities.map((entity) => ({ ...entity, place: undefined }));
}

test("any configuration reads back to the same entities from YAML in every style and from JSON", () => {
  fc.assert(
    fc.property(anyConfiguration, fc.nat({ max: 4 }), (configuration, indent) => {
      const fromJson = withoutPlaces(entitiesOf("kong.json", JSON.stringify(configuration)));
      const texts = [
        JSON.stringify(configuration, null, indent),
        dump(configuration),
        dump(configuration, { seqNoIndent: true }),
        dump(configuration, { indent: 4, lineWidth: 20 }),
        dump(configuration, { flowLevel: 3 }),
        dump(configuration, { quoteStyle: "double", forceQuotes: true }),
      ];
      for (const text of texts) expect(withoutPlaces(entitiesOf("kong.yml", text))).toEqual(fromJson);
      expect(fromJson.length).toBeGreaterThanOrEqual(
        configuration.services.length + configuration.routes.length + configuration.plugins.length,
      );
    }),
  );
});

test("every entity stands on the line that is told, in YAML and in JSON", () => {
  fc.assert(
    fc.property(anyConfiguration, (configuration) => {
      for (const text of [dump(configuration, { lineWidth: -1 }), JSON.stringify(configuration, null, 2)]) {
        const lines = text.split("\n");
        for (const { place, name } of entitiesOf("kong.yml", text)) {
          // The name is the first field of each; in JSON the line before it opens the object.
          const around = lines.slice((place?.line ?? 0) - 1, (place?.line ?? 0) + 1).join("\n");
          expect(around).toContain(name);
        }
      }
    }),
  );
});

/** One line of block YAML, or what looks like one. */
const line = fc
  .tuple(
    fc.constantFrom("", "  ", "    ", "   "),
    fc.constantFrom("", "", "- ", "- - ", "-   "),
    fc.constantFrom("", "k: ", "k:", "name: ", "a-b.c/d: ", '"q": ', "0: ", "k:  "),
    fc.constantFrom(
      "",
      "a",
      "1",
      "-1",
      "true",
      "~",
      "b c",
      "'x'",
      "'it''s'",
      "'a' b",
      '"q\\n"',
      '"q\\x41"',
      '"open',
      "[]",
      "{}",
      "[a]",
      "a: b",
      "a #b",
      "#c",
      "-",
      "---",
      "...",
      "?",
      ":",
      "a:b",
      "&x",
      "*x",
      "|",
      ">",
      "%a",
      "~/r$",
      "https://a:80/b",
      "a{b}",
      "é",
      "a ",
    ),
  )
  .map((parts) => parts.join(""));

/** Nested values without anything unusual. */
const calm = fc.letrec<{ readonly value: unknown; readonly mapping: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("a", "b c", "/x/y", "\\d+", "1", 5, -1.5, true, null, "it's", "a: b", "", "#"),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("mapping"),
  ),
  mapping: fc.dictionary(fc.constantFrom("name", "k", "a-b", "x.y", "0"), tie("value"), { minKeys: 1, maxKeys: 3 }),
})).mapping;

const calmText = fc
  .tuple(calm, fc.boolean(), fc.constantFrom(2, 4))
  .map(([value, seqNoIndent, indent]) => dump(value, { seqNoIndent, indent, lineWidth: -1 }));

const blockText = fc.oneof(
  fc.array(line, { minLength: 1, maxLength: 7 }).map((all) => all.join("\n")),
  calmText,
  fc
    .tuple(calmText, line, fc.nat({ max: 9 }))
    .map(([text, extra, at]) => text.split("\n").toSpliced(at, 0, extra).join("\n")),
);

test("what reads simple lines fast reads what the full parser reads, with the same offsets", () => {
  let read = 0;
  fc.assert(
    fc.property(blockText, (text) => {
      const fast = readBlockLines(text, { start: 0, end: text.length }, documentMemory(knownTexts()));
      if (fast === undefined) return;
      read += 1;
      const full = buildFromEvents(parseEvents(text, { maxDepth: 100 }), text, documentMemory(knownTexts()));
      const { value, outerKeys, starts, remarks } = fast;
      expect({ value, outerKeys, starts: [...starts.values()], remarks: remarks.length }).toEqual({
        value: full.value,
        outerKeys: full.outerKeys,
        starts: [...full.starts.values()],
        remarks: full.remarks.length,
      });
    }),
    { numRuns: 2_000 },
  );
  expect(read).toBeGreaterThan(200);
});

/** Keys and values that are written in several ways, some of them secrets, in an order of their own each time. */
const repeating = fc.letrec<{ readonly value: unknown; readonly mapping: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom("a", "ab", "true", true, "1", 1, 10, 100, null, "null", "a: b", "/x/\\d+"),
    fc.array(fc.constantFrom("a", "ab", "true", true, 1, 10), { maxLength: 3 }),
    tie("mapping"),
  ),
  mapping: fc.dictionary(fc.constantFrom("name", "id", "k", "password", "tokens", "config"), tie("value"), {
    minKeys: 1,
    maxKeys: 4,
  }),
})).mapping;

test("what was read before changes nothing of what is read now, and gives no secret away", () => {
  fc.assert(
    fc.property(fc.array(repeating, { minLength: 2, maxLength: 6 }), fc.boolean(), (mappings, seqNoIndent) => {
      const ofLines = documentMemory(knownTexts());
      const ofJson = documentMemory(knownTexts());
      for (const mapping of mappings) {
        const text = dump(mapping, { seqNoIndent, lineWidth: -1 });
        const json = JSON.stringify([mapping, mapping]).slice(1, -1);
        const whole = { kind: "items", key: "k", keyStart: 0, start: 0, end: json.length } as const;
        const { value } = buildFromEvents(parseEvents(text, { maxDepth: 100 }), text, documentMemory(knownTexts()));
        expect(readBlockLines(text, { start: 0, end: text.length }, ofLines)?.value).toEqual(value);
        expect(readJsonPiece(json, whole, ofJson)?.value).toEqual([value, value]);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("large lists come in pieces with the same content and lines as at once", () => {
  const services = Array.from({ length: 4_000 }, (_, index) => ({
    name: `s-${index}`,
    host: "a.example",
    tags: index % 7 === 0 ? ["a: b", "#"] : [],
  }));
  const text = dump({ _format_version: "3.0", services, after: 1 });
  const entities = entitiesOf("kong.yml", text);
  expect(entities.map(({ fields }) => fields)).toEqual(services);
  const lines = text.split("\n");
  const wrong = entities.filter(({ place, name }) => lines[(place?.line ?? 0) - 1]?.trim() !== `- name: ${name}`);
  expect(wrong).toEqual([]);
});

test.each([
  ["closing brackets as deep as their key", "services:\n- name: a\n  tags: [\n    x\n  ]\n- name: b\n"],
  ["closing brackets in the first column", "services: [\n{ name: a, tags: [\nx\n] },\n{ name: b }\n]\n"],
  ["tabs inside brackets", "services:\n- name: a\n  tags: [\n\tx\n\t]\n- name: b\n"],
  [
    "a quoted text that goes on in the first column",
    'services:\n- name: a\n  tags: ["x\n"]\n- name: b\nlast: "is\nservices: not"\n',
  ],
  [
    "brackets inside block texts and comments",
    "services:\n- name: a # [\n  note: |\n    [\n   \n  tags: [\n  x # ]\n  ]\n- name: b\n",
  ],
  [
    "brackets after text, quotes after letters",
    "services:\n- name: a\n  tags: [x,\n it's\n  ]\n- name: b\n  host: a [b\n",
  ],
])("Kong takes %s, and so does the reader", (_, text) => {
  const entities = entitiesOf("kong.yml", `_format_version: "3.0"\n${text}`);
  expect(entities.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(String(entities[0]?.fields["tags"])).toMatch(/^x/u);
});

test("words of YAML 1.1 for true and false are taken as Kong and decK take them, quoted ones are texts", () => {
  expect(
    readWhole("a: yes\nb: Off\nc: 'on'\nd: y\ne: 010\nf: 1_0\ng: 12:30\nh: !!str 5\ni: .inf\nj: 0o17\n").value,
  ).toEqual({
    a: true,
    b: false,
    c: "on",
    d: "y",
    e: 10,
    f: "1_0",
    g: "12:30",
    h: "5",
    i: Number.POSITIVE_INFINITY,
    j: 15,
  });
});

test("a part that does not parse costs only itself", () => {
  const text = "_format_version: '3.0'\nservices:\n- name: a\n- name: 'b\n- name: c\nroutes:\n- name: r\n";
  const collector = declarativeCollector(knownTexts());
  collector.add({ file: "kong.yml", text, naming: "named" });
  const { entities, troubles } = collector.finish();
  expect(entities.map(({ name }) => name)).toEqual(["a", "c", "r"]);
  expect(troubles.map(({ line: where }) => where)).toEqual([4]);
});

test("an alias under a key that tells a secret hides what it stands for", () => {
  const { value } = readWhole("x: &x [sesame, 5]\npassword: *x\ny: &y {a: sesame}\nsecret: *y\nother: *x\n");
  expect(value).toMatchObject({ password: ["[redacted]", "[redacted]"], secret: { a: "[redacted]" } });
  expect(hideSecret({ a: [""], b: null, c: true })).toEqual({ a: [""], b: null, c: true });
});
