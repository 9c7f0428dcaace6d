import { findRelease, latestGood, releaseLine } from "#src/kong/releases.ts";
import type { ReleaseLine } from "#src/kong/releases.ts";
import { compareVersions, formatVersion, isAtLeast, isWithin, minorOf } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import { warnDataPlanes } from "./data-planes.ts";
import { warnProblems } from "./known-problems.ts";
import { warnUntested } from "./postgres.ts";
import { sources } from "./question.ts";
import type { Hop, PathRemark, ReadQuestion } from "./question.ts";
import { findStep } from "./steps.ts";

/** Everything about an allowed path that a person should have read before agreeing to it. */
export function warnPath(question: ReadQuestion, hops: readonly Hop[]): readonly PathRemark[] {
  const { to, edition, asked } = question;
  const line = releaseLine(minorOf(to), edition);
  return [
    ...warnProblems(question),
    ...(line === undefined ? [] : warnLine(question, line)),
    ...warnRunning(question),
    ...hops.flatMap((hop) => warnStep(hop, question)),
    ...(hops.length > 1 ? warnJump(question) : []),
    ...(asked.topology === "dbless" || line === undefined ? [] : warnUntested(asked, line)),
    ...(asked.database === "cassandra" && isAtLeast(to, "2.7") ? [cassandraDeprecated] : []),
    ...warnDataPlanes(question, hops),
  ];
}

/** What Kong recommends for a path, and nothing is wrong without. */
export function advisePath({ asked }: ReadQuestion, hops: readonly Hop[]): readonly PathRemark[] {
  const routes = asked.topology === "dbless" ? [] : [routeCheck];
  return hops.flatMap(({ from, to }): readonly PathRemark[] => {
    if (to.enterprisePatch === undefined) return [];
    if (from.enterprisePatch === undefined) return [licence];
    const step = `${minorOf(from)} → ${minorOf(to)}`;
    switch (step) {
      case "2.8 → 3.4":
        return [...(isAtLeast(from, "2.8.4.14") ? [] : [latestTwoEight]), lts34Check, ...routes];
      case "3.10 → 3.14":
        return [lts314Check];
      default:
        return !isAtLeast(from, "3.0") && isAtLeast(to, "3.1.1.2") ? routes : [];
    }
  });
}

function warnStep({ from, to }: Hop, { edition, asked }: ReadQuestion): readonly PathRemark[] {
  const step = findStep(minorOf(from), minorOf(to), edition);
  if (step === undefined) return [];
  return [...step.cautions, ...(asked.topology === "dbless" ? [] : step.migrationCautions)];
}

function warnLine({ to, asked }: ReadQuestion, line: ReleaseLine): readonly PathRemark[] {
  const latest = latestGood(line);
  const isOlder = latest !== undefined && compareVersions(to, latest) < 0;
  return [
    ...(isOlder
      ? [{ text: `${formatVersion(latest)} is the latest patch of ${line.minor}`, source: line.source }]
      : []),
    ...warnSupport(line, asked.today),
  ];
}

function warnSupport(line: ReleaseLine, today: string | undefined): readonly PathRemark[] {
  if (line.edition === "oss") {
    return line.minor === "3.9"
      ? []
      : [{ text: `OSS ${line.minor} gets no more patches; 3.9 is the last line`, source: line.source }];
  }
  if (line.endOfSupport === undefined || today === undefined) return [];
  const yearLater = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  if (line.endOfSupport > yearLater) return [];
  const verb = line.endOfSupport < today ? "ended" : "ends";
  return [{ text: `full support of ${line.minor} ${verb} on ${line.endOfSupport}`, source: line.source }];
}

/** Kong helps with upgrades from a line until its sunset ends (Kong docs, version support policy). */
function warnRunning({ from, asked }: ReadQuestion): readonly PathRemark[] {
  const line = releaseLine(minorOf(from), asked.edition);
  if (line === undefined) return [];
  const { today } = asked;
  const isOver = today !== undefined && line.endOfSunset !== undefined && line.endOfSunset < today;
  const isUnknown = line.releases.length > 0 && findRelease(from) === undefined;
  return [
    ...(isOver
      ? [
          {
            text: `the sunset of the running ${line.minor} ended on ${line.endOfSunset}: Kong does not help with upgrades from it any more`,
            source: line.source,
          },
        ]
      : []),
    ...(isUnknown
      ? [
          {
            text: `${formatVersion(from)} runs and is no release that this product knows; it is taken for a patch of ${line.minor}`,
            source: line.source,
          },
        ]
      : []),
  ];
}

/** A path of several hops that Kong's code would run as one. */
function warnJump({ from, to, asked }: ReadQuestion): readonly PathRemark[] {
  const step = `${minorOf(from)} → ${minorOf(to)}`;
  if (asked.topology === "dbless") {
    return [
      {
        text: `a node without a database has nothing to migrate and would load the file in one jump ${step}; Kong tests only its guaranteed steps`,
        source: "Kong docs, upgrade guide 3.0.x; Kong/kong 3.9.3 kong/db/schema/others/migrations",
      },
    ];
  }
  const otel = isWithin(to, "3.7.0", "3.7.9999") && !isAtLeast(from, "3.3");
  return [
    {
      text: `${step} in one jump would run, because \`kong migrations up\` runs whatever is missing in order, but Kong tests only its guaranteed steps${otel ? "; with opentelemetry this one fails" : ""}`,
      source: `Kong/kong 3.9.3 kong/db/migrations/state.lua${otel ? " and CHANGELOG 3.8.0" : ""}; own recorded runs of OSS 2.8.5 → 3.9.3 and 3.4.2 → 3.9.3`,
    },
    ...(wasListed(from, to) ? [onceListed] : []),
  ];
}

/** Jumps that a table of Kong's documents held until 2024: 2.8 → 3.1, and 3.0 to 3.2 → 3.4 on the way to later lines. */
function wasListed(from: Version, to: Version): boolean {
  if (minorOf(from) === "2.8") return minorOf(to) === "3.1";
  return isWithin(from, "3.0.0", "3.2.9999") && isAtLeast(to, "3.5");
}

const onceListed: PathRemark = {
  text: "a table that Kong has since removed allowed part of this way in one jump (2.8 → 3.1, 3.0 to 3.2 → 3.4); nothing promises it today",
  source: "Kong docs repository, table of upgrade paths of 2024, removed since",
};

const cassandraDeprecated: PathRemark = {
  text: "Cassandra is deprecated since 2.7 and gone in 3.4: plan the move to PostgreSQL before that line",
  source: "Kong/kong CHANGELOG 2.7.0 and 3.4.0",
};

const licence: PathRemark = {
  text: "Enterprise starts without a licence; apply it through the Admin API (`POST /licenses`) once the new nodes run",
  source: sources.lateral,
};

const latestTwoEight: PathRemark = {
  text: "start from the latest patch of 2.8 (2.8.4.14 or later), which the guide is written for",
  source: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide",
};

const lts34Check: PathRemark = {
  text: "with 2.8.4.14 or later, `kong check --lts_34_compatibility kong.conf` finds settings that 3.4 no longer takes",
  source: "Kong Gateway changelog 2.8.4.14",
};

const lts314Check: PathRemark = {
  text: "with 3.10.0.11 or later, `kong check --lts-314-compatibility kong.conf` finds settings that 3.14 no longer takes",
  source: "Kong developer docs, 3.10 to 3.14 LTS upgrade",
};

const routeCheck: PathRemark = {
  text: "`kong migrations up` of 3.1.1.2 and later may stop and list routes whose regular expressions the new router cannot run: correct them on the old version and repeat",
  source: "Kong Gateway changelog 3.1.1.2",
};
