import { releaseLine } from "#src/kong/releases.ts";
import type { Edition, ReleaseLine } from "#src/kong/releases.ts";
import { compareMinors } from "#src/kong/version.ts";
import { sources } from "./question.ts";
import type { PathRemark } from "./question.ts";

/** One line may follow another directly. */
export interface Step {
  readonly rule: string;
  readonly source: string;
  /** Whether Kong promises it for this edition; otherwise it is documented or was recorded. */
  readonly isGuaranteed: boolean;
  readonly cautions: readonly PathRemark[];
  /** What only concerns installations with a database. */
  readonly migrationCautions: readonly PathRemark[];
}

/** The steps that nobody has to argue about, in a sentence. */
export function sayGuaranteed(edition: Edition): string {
  return edition === "oss"
    ? "guaranteed are patches, the next minor and 2.1–2.8 to 3.0; 2.8 → 3.4 was seen to work"
    : "guaranteed are patches, the next minor, 2.1–2.8 to 3.0, and from one LTS to the next (2.8 → 3.4 → 3.10 → 3.14)";
}

/** Long-term lines that follow one another directly, and the guide of each step. */
const ltsSteps: readonly (readonly [from: string, to: string, guide: string])[] = [
  ["2.8", "3.4", "Kong Enterprise LTS 2.8 to 3.4 upgrade guide"],
  ["3.4", "3.10", "Kong developer docs, 3.4 to 3.10 LTS upgrade"],
  ["3.10", "3.14", "Kong developer docs, 3.10 to 3.14 LTS upgrade"],
];

/** The step from a line to a later one, or to a later patch of its own; undefined where nobody says that it works. */
export function findStep(from: string, to: string, edition: Edition): Step | undefined {
  const start = releaseLine(from, edition);
  const end = releaseLine(to, edition);
  if (start === undefined || end === undefined || end.releases.length === 0) return undefined;
  if (from === to) return guaranteed(`patches of ${to} follow one another`);
  if (compareMinors(from, to) > 0) return undefined;
  return ltsStep(start, end) ?? nextMinor(from, to) ?? twoToThree(start, end) ?? withinTwo(from, to);
}

function ltsStep(start: ReleaseLine, end: ReleaseLine): Step | undefined {
  const found = ltsSteps.find(([from, to]) => from === start.minor && to === end.minor);
  if (found === undefined) return undefined;
  const [from, to, guide] = found;
  if (start.edition === "enterprise") {
    return guaranteed(`${from} → ${to} leads from one long-term line to the next`, `${guide}; ${sources.reference}`);
  }
  return {
    rule: `${from} → ${to} is Kong's step from one long-term line to the next, and OSS was seen to take it`,
    source: `${guide}; own recorded run of OSS 2.8.5 → 3.4.2`,
    isGuaranteed: false,
    cautions: [],
    migrationCautions: [
      {
        text: "Kong's guide 2.8 → 3.4 is written for Enterprise; OSS runs the same migrations in the same order (recorded: 2.8.5 → 3.4.2)",
        source: `${guide}; own recorded run of OSS 2.8.5 → 3.4.2`,
      },
    ],
  };
}

function nextMinor(from: string, to: string): Step | undefined {
  const [major = 0, minor = 0] = from.split(".").map(Number);
  if (to !== `${major}.${minor + 1}`) return undefined;
  const step = guaranteed(`${from} → ${to} leads to the next minor`);
  return to === "3.6" ? { ...step, migrationCautions: [redisColumns] } : step;
}

/** Read in the migration of 3.6.0 and 3.6.1 (006_350_to_360), and changed in 3.7.0. */
const redisColumns: PathRemark = {
  text: "`migrations up` of 3.6 moves the Redis settings of plugins at once: nodes of 3.5 on the same database no longer see them, and a repeated run after a timeout may empty them",
  source: "Kong/kong issue 12978 and pull requests 12983 and 12992",
};

/** Kong's 3.0 takes over 2.1 to 2.8. */
function twoToThree(start: ReleaseLine, end: ReleaseLine): Step | undefined {
  if (end.minor !== "3.0" || compareMinors(start.minor, "2.1") < 0) return undefined;
  const step = guaranteed("2.1 to 2.8 lead to 3.0", `Kong docs, upgrade guide 3.0.x; ${sources.reference}`);
  if (start.edition === "enterprise" || start.minor === "2.8") return step;
  return {
    ...step,
    cautions: [{ text: "Kong OSS advises 2.8.1 or later as the last stop before 3.0", source: sources.ossUpgrade }],
  };
}

/** Each 2.x migrates everything from 1.0 on; lines before 2.1 are not gone to any more. */
function withinTwo(from: string, to: string): Step | undefined {
  if (compareMinors(from, "1.0") < 0 || compareMinors(to, "2.1") < 0 || compareMinors(to, "2.8") > 0) return undefined;
  return {
    rule: `2.1 to 2.8 migrate any version from 1.0 on (${from} → ${to})`,
    source: `${sources.ossUpgrade}, sections 2.1.0 to 2.8.x; Kong docs, upgrade guide 3.0.x`,
    isGuaranteed: true,
    cautions: [],
    migrationCautions: [],
  };
}

function guaranteed(what: string, source: string = sources.reference): Step {
  return {
    rule: `${what}, one of Kong's guaranteed steps`,
    source,
    isGuaranteed: true,
    cautions: [],
    migrationCautions: [],
  };
}
