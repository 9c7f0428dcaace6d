import fc from "fast-check";
import { expect, test } from "vitest";
import { environmentSchema } from "#src/plan/environment.ts";
import type { Environment } from "#src/plan/environment.ts";
import { refuseUnsafeText } from "#src/plan/safe-text.ts";
import { fullEnvironment } from "./full-environment.ts";

type Path = readonly (string | number)[];

/** Every text of a value, by where it stands. */
function textsIn(value: unknown, path: Path = []): readonly (readonly [Path, string])[] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

/**
 * Texts that never stand in a command: texts for people, closed lists of words, names of secrets, variables, what is
 * sent over HTTP or read by this program, times, labels, and the words of hooks, which are the site's own program.
 */
const neverInCommands =
  /^(?:description|channel|smokeTests|soak|metrics|policies|operators|sources\.(?!template|plugins)|hooks|licence|edition|topology|name$|preproduction|copyOf|calendar|runner)\b|(?:^|\.)(?:password|secrets|env|token|recipe|role|group)(?:\.|$)/u;

const texts = textsIn(fullEnvironment()).filter(([path]) => !neverInCommands.test(path.join(".")));

function withText(path: Path, text: string): Environment {
  const environment: unknown = structuredClone(fullEnvironment());
  let place = environment;
  for (const key of path.slice(0, -1))
    place = typeof place === "object" && place !== null ? Reflect.get(place, key) : {};
  if (typeof place !== "object" || place === null) throw new Error("no such place");
  Reflect.set(place, path.at(-1) ?? "", text);
  return environmentSchema.parse(environment);
}

test("an environment with every part is let through as it is", () => {
  expect(refuseUnsafeText(fullEnvironment(), "KU-2026-0001")).toStrictEqual([]);
});

test("every kind of text that may stand in a command is looked at", () => {
  expect(texts.map(([path]) => path.join("."))).toStrictEqual(
    expect.arrayContaining([
      "green.database.host",
      "green.nodes.0.conf",
      "kubernetes.context",
      "kubernetes.releases.0.values.0",
      "packages.folder",
      "packages.image",
      "service.unit",
      "deck.program",
      "cassandra.keyspace",
      "declarative.converted",
      "sources.template",
      "sources.plugins.0",
      "adminApi.certificate",
      "adminApi.workspaces.0",
      "tools.psql",
    ]),
  );
});

// Whatever a shell, a command, a file name or a statement could take for something else.
const unsafe = fc.oneof(
  fc.constantFrom("'", '"', "`", "$", ";", "&", "|", "<", ">", "(", ")", "{", "}", "*", "?", "!", "#", "~", "\\", " "),
  fc.constantFrom("\n", "\t", "\0", "\u200e", "é", "Ω"),
);

test("one unsafe character anywhere in any of them is refused, and the place is named", () => {
  fc.assert(
    fc.property(fc.constantFrom(...texts), unsafe, fc.nat(), ([path, text], character, seed) => {
      const at = seed % (text.length + 1);
      const spoilt = `${text.slice(0, at)}${character}${text.slice(at)}`;
      const refusals = refuseUnsafeText(withText(path, spoilt), "KU-2026-0001");
      expect(refusals.map(({ code }) => code)).toContain("unsafe_text");
      expect(refusals.some(({ sentence }) => sentence.includes(JSON.stringify(spoilt).slice(1, -1)))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("nothing that could be taken for an option begins a word", () => {
  for (const [path, text] of texts) {
    const refusals = refuseUnsafeText(withText(path, `-${text}`), "KU-2026-0001");
    expect(`${path.join(".")} ${refusals.length > 0}`).toBe(`${path.join(".")} true`);
  }
});

test("two nodes of one name are refused, in two clusters too", () => {
  const environment = fullEnvironment();
  const [node] = environment.nodes;
  if (node === undefined) throw new Error("there is a node");
  const refusals = refuseUnsafeText({ ...environment, green: { nodes: [node] } }, "KU-2026-0001");
  expect(refusals.map(({ code }) => code)).toStrictEqual(["node_named_twice"]);
});
