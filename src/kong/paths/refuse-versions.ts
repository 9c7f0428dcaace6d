import { editionOf, findRelease, linesOf, nameOfEdition, releaseLine } from "#src/kong/releases.ts";
import type { Edition } from "#src/kong/releases.ts";
import { compareVersions, formatVersion, isAtLeast, minorOf } from "#src/kong/version.ts";
import type { Version, VersionText } from "#src/kong/version.ts";
import { sources } from "./question.ts";
import type { ReadQuestion, RefusalReason } from "./question.ts";

/** Refuses a text that does not name a release, and says what it is instead. */
export function refuseText(text: string, read: Exclude<VersionText, { readonly kind: "release" }>): RefusalReason {
  switch (read.kind) {
    case "not_understood":
      return {
        code: "version_not_understood",
        reason: `\`${text}\` is not a Kong version`,
        rule: "a version is three numbers (3.4.2) or, for Kong Enterprise, four (3.4.3.5)",
        source: sources.supportPolicy,
      };
    case "incomplete":
      return {
        code: "incomplete_version",
        reason: `\`${text}\` names ${read.line.includes(".") ? "a line" : "a major version"} and no release of it`,
        rule: "say the patch as well: changes and known problems differ from patch to patch",
        source: sources.supportPolicy,
      };
    case "not_a_release":
      return {
        code: "not_a_release",
        reason: `\`${text}\` is not a release: behind ${formatVersion(read.version)} stands \`${read.suffix}\``,
        rule: "only releases are planned, by their plain number: previews and own builds have changes of their own",
        source: sources.supportPolicy,
      };
  }
}

/** Refuses a running version that nothing is known about, or that the configuration contradicts. */
export function refuseRunning(from: Version, edition: Edition): RefusalReason | undefined {
  if (!isAtLeast(from, "1.0")) {
    return {
      code: "below_1_0",
      reason: `${formatVersion(from)} is older than Kong 1.0`,
      rule: "0.x first goes to 0.14.1, then to the latest 1.x (1.5.1), then to the latest 2.8; this product begins at 1.0",
      source: `${sources.ossUpgrade}, upgrade to 2.8.x`,
    };
  }
  if (editionOf(from) !== edition) {
    return {
      code: "edition_mismatch",
      reason: `${formatVersion(from)} runs, a Kong ${nameOfEdition(editionOf(from))} version, and the environment is described as ${nameOfEdition(edition)}`,
      rule: "a fourth number is the Enterprise patch: correct the edition of the environment first",
      source: sources.supportPolicy,
    };
  }
  if (releaseLine(minorOf(from), edition) !== undefined) return undefined;
  return {
    code: "unknown_running_version",
    reason: `no Kong ${nameOfEdition(edition)} line ${minorOf(from)} is known, and ${formatVersion(from)} runs`,
    rule: "a path begins at a release whose place in the order of migrations is known",
    source: sourceOf(edition),
  };
}

/** Refuses what is running already and what is older. */
export function refuseDirection({ from, to, asked }: ReadQuestion): RefusalReason | undefined {
  const order = compareVersions(to, from);
  if (order > 0) return undefined;
  if (order === 0) {
    return {
      code: "same_version",
      reason: `${formatVersion(from)} is already running`,
      rule: "there is nothing to upgrade",
      source: sources.supportPolicy,
    };
  }
  return {
    code: "downgrade",
    reason: `${formatVersion(to)} is older than the running ${formatVersion(from)}`,
    rule:
      asked.topology === "dbless"
        ? "going back is no upgrade: without a database it means the old package with the file that belongs to it"
        : "migrations cannot be reversed: going back means the old package and the database backup taken before `kong migrations up`",
    source: "Kong developer docs, backup and restore",
  };
}

/** Refuses a wanted version that does not exist, or not in this edition. */
export function refuseTarget(to: Version, edition: Edition): RefusalReason | undefined {
  if (edition === "oss" && isAtLeast(to, "3.10")) {
    return {
      code: "oss_ends_at_3_9",
      reason: `there is no Kong OSS ${formatVersion(to)}: 3.9 is the last OSS line`,
      rule: "change the edition at the same version first, then upgrade",
      source: `Kong/kong release tags (no 3.10); ${sources.lateral}`,
    };
  }
  if (editionOf(to) !== edition) {
    return {
      code: "edition_change",
      reason: `${formatVersion(to)} is a Kong ${nameOfEdition(editionOf(to))} version, and Kong ${nameOfEdition(edition)} is what this environment runs`,
      rule: "edition and version are never changed in one upgrade",
      source: sources.lateral,
    };
  }
  if (findRelease(to) !== undefined) return undefined;
  return {
    code: "unknown_version",
    reason: `no Kong ${nameOfEdition(edition)} release ${formatVersion(to)} is known`,
    rule: "only releases whose changes are known can be planned",
    source: sourceOf(edition),
  };
}

function sourceOf(edition: Edition): string {
  return linesOf(edition)[0]?.source ?? sources.supportPolicy;
}
