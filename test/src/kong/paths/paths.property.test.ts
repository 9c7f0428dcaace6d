import fc from "fast-check";
import { expect, test } from "vitest";
import { editionOf, findRelease, linesOf, problemsOf, versionsOf } from "#src/kong/releases.ts";
import type { Edition } from "#src/kong/releases.ts";
import { checkPath, findHops } from "#src/kong/upgrade-path.ts";
import type { PathQuestion, PathVerdict } from "#src/kong/upgrade-path.ts";
import { compareVersions, formatVersion, parseVersion } from "#src/kong/version.ts";

const editions = fc.constantFrom<Edition>("oss", "enterprise");
const releasesOf = (edition: Edition): readonly string[] =>
  linesOf(edition).flatMap((line) => versionsOf(line).map((version) => formatVersion(version)));
/** What an installation may run: every release, and old ones that nobody goes to any more. */
const runningOf = (edition: Edition): readonly string[] => [
  ...(edition === "oss" ? ["1.0.0", "1.5.1", "2.0.5"] : ["1.5.0.4", "2.5.0.1"]),
  ...releasesOf(edition),
];

const dataPlanes = fc.array(fc.constantFrom("2.8.5", "3.1.1", "3.1.1.1", "3.4.2", "3.4.3.5", "3.9.3", "no version"), {
  maxLength: 3,
});

/** Any two known releases under any circumstances; two thirds of them with nothing else known. */
const questions: fc.Arbitrary<PathQuestion> = fc.tuple(editions, editions).chain(([edition, editionTo]) =>
  fc.record(
    {
      edition: fc.constant(edition),
      from: fc.constantFrom(...runningOf(edition)),
      to: fc.constantFrom(...releasesOf(editionTo)),
      editionTo: fc.constant(editionTo),
      topology: fc.constantFrom("traditional", "hybrid", "dbless"),
      database: fc.constantFrom("postgres", "cassandra", "off"),
      postgresVersion: fc.constantFrom("9.4", "9.6.24", "11.2", "12.1", "15.3", "18.0"),
      dataPlaneVersions: dataPlanes,
      plugins: fc.constantFrom([], ["ai-proxy"], ["rate-limiting-advanced", "collector"]),
      strategy: fc.constantFrom("in-place", "blue-green"),
      today: fc.constantFrom("2024-02-29", "2026-11-26"),
    },
    { requiredKeys: ["edition", "from", "to", "editionTo"] },
  ),
);

const numberOf = (text: string) => {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(`${text} is no version`);
  return version;
};

function whenAllowed(question: PathQuestion, check: (verdict: Exclude<PathVerdict, { kind: "refused" }>) => void) {
  const verdict = checkPath(question);
  if (verdict.kind !== "refused") check(verdict);
  return verdict.kind;
}

const runs = { numRuns: 400 };

test("no question about two releases ends in an exception, and every verdict carries a rule and a source", () => {
  fc.assert(
    fc.property(questions, (question) => {
      const verdict = checkPath(question);
      expect(verdict.rule).toMatch(/\w/u);
      expect(verdict.source).toMatch(/\w/u);
    }),
    runs,
  );
});

test("a downgrade is never allowed", () => {
  fc.assert(
    fc.property(questions, (question) => {
      const isOlder = compareVersions(numberOf(question.to), numberOf(question.from)) < 0;
      expect(isOlder && checkPath(question).kind !== "refused").toBe(false);
    }),
    runs,
  );
});

test("hops begin at what runs, follow one another, rise, and end at exactly the wanted version", () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(questions, (question) => {
      const kind = whenAllowed(question, ({ kind: allowed, hops, from, to }) => {
        const seen = [from, ...hops.map((hop) => hop.to)];
        expect(hops.map((hop) => hop.from)).toStrictEqual(seen.slice(0, -1));
        expect(seen.at(-1)).toStrictEqual(to);
        // A change of edition keeps the three numbers; everything else rises.
        const rising = hops.every((hop) => compareVersions(hop.to, hop.from) > 0 || hops.length === 1);
        expect(rising).toBe(true);
        expect(allowed === "direct").toBe(hops.length === 1);
      });
      kinds.add(kind);
      expect(findHops(question).length > 0).toBe(kind !== "refused");
    }),
    runs,
  );
  expect([...kinds].toSorted()).toStrictEqual(["direct", "refused", "several_hops"]);
});

test("each hop is itself a direct path under the same circumstances, and no stop is a release with a known problem", () => {
  fc.assert(
    fc.property(questions, (question) => {
      whenAllowed(question, ({ hops }) => {
        for (const hop of hops) {
          // The data planes follow hop by hop, so those of the start say nothing about later control planes.
          const asked = { ...question, dataPlaneVersions: undefined };
          expect(checkPath({ ...asked, from: formatVersion(hop.from), to: formatVersion(hop.to) }).kind).toBe("direct");
        }
        for (const stop of hops.slice(0, -1).map((hop) => hop.to)) {
          expect(problemsOf(stop)).toStrictEqual([]);
          expect(findRelease(stop)).toBeDefined();
        }
      });
    }),
    runs,
  );
});

test("no stop can be left out: the hop over it is not direct, and the path says so", () => {
  fc.assert(
    fc.property(questions, (question) => {
      whenAllowed(question, ({ hops }) => {
        for (const [index, hop] of hops.entries()) {
          const next = hops[index + 1];
          if (next === undefined) continue;
          expect(hop.whyNotSkipped).toContain("cannot be skipped");
          const jump = { ...question, from: formatVersion(hop.from), to: formatVersion(next.to) };
          expect(checkPath(jump).kind).not.toBe("direct");
        }
      });
    }),
    runs,
  );
});

test("what a refusal names as nearest can be reached, under the same circumstances", () => {
  let named = 0;
  fc.assert(
    fc.property(questions, (question) => {
      const verdict = checkPath(question);
      const nearest = verdict.kind === "refused" ? verdict.nearest : undefined;
      if (nearest === undefined) return;
      named += 1;
      const again = { ...question, to: nearest, editionTo: editionOf(numberOf(nearest)) };
      expect({ nearest, kind: checkPath(again).kind }).not.toMatchObject({ kind: "refused" });
    }),
    runs,
  );
  expect(named).toBeGreaterThan(0);
});

test("nothing is named as nearest only where no newer release of the edition can be reached", () => {
  fc.assert(
    fc.property(questions, (question) => {
      const verdict = checkPath(question);
      if (verdict.kind !== "refused" || verdict.nearest !== undefined) return;
      const reachable = releasesOf(question.edition)
        .filter((to) => problemsOf(numberOf(to)).length === 0)
        .filter((to) => checkPath({ ...question, to, editionTo: question.edition }).kind !== "refused");
      expect(reachable).toStrictEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("separate upgrades to another edition and version are each allowed", () => {
  let seen = 0;
  fc.assert(
    fc.property(fc.constantFrom(...releasesOf("oss")), fc.constantFrom(...releasesOf("enterprise")), (from, to) => {
      const verdict = checkPath({ from, to, edition: "oss", editionTo: "enterprise" });
      if (verdict.kind !== "refused" || verdict.stops.length === 0) return;
      seen += 1;
      expect(verdict.stops.at(-1)).toBe(to);
      for (const [index, stop] of verdict.stops.entries()) {
        const start = verdict.stops[index - 1] ?? from;
        const [edition, editionTo] = [editionOf(numberOf(start)), editionOf(numberOf(stop))];
        expect(checkPath({ from: start, to: stop, edition, editionTo }).kind).toBe("direct");
      }
    }),
    runs,
  );
  expect(seen).toBeGreaterThan(0);
});
