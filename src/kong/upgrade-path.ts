import type { Edition } from "./releases.ts";
import { judge } from "./paths/judge.ts";
import { nearestKnown, nearestTo } from "./paths/nearest.ts";
import { sources } from "./paths/question.ts";
import type { Hop, PathQuestion, PathRefusal, PathVerdict, ReadQuestion, RefusalReason } from "./paths/question.ts";
import { refuseTarget, refuseText } from "./paths/refuse-versions.ts";
import { sayGuaranteed } from "./paths/steps.ts";
import { advisePath, warnPath } from "./paths/warnings.ts";
import { formatVersion, isAtLeast, minorOf, readVersion } from "./version.ts";
import type { Version, VersionText } from "./version.ts";

export type { Hop, PathQuestion, PathRefusal, PathRefusalCode, PathVerdict } from "./paths/question.ts";

/**
 * Whether an installation can go from one version to another: in one upgrade, in several, or not at all, each with the rule,
 * where the rule comes from, and for a "no" the nearest version that can be reached instead.
 */
export function checkPath(asked: PathQuestion): PathVerdict {
  const from = readVersion(asked.from);
  const to = readVersion(asked.to);
  const edition = asked.editionTo ?? asked.edition;
  if (from.kind !== "release") return refused(refuseText(asked.from, from), undefined);
  if (to.kind !== "release") {
    return refused(refuseText(asked.to, to), nearestTo(lineOf(to), edition, { from: from.version, asked }));
  }
  const question = { from: from.version, to: to.version, edition, asked };
  const judgement = judge(question);
  if (judgement.kind === "refused") return refused(judgement.refusal, nearestOf(question, judgement.refusal));
  const { hops } = judgement;
  const allowed = {
    from: from.version,
    to: to.version,
    hops,
    warnings: warnPath(question, hops),
    advice: advisePath(question, hops),
  };
  const [only, ...others] = hops;
  return only !== undefined && others.length === 0
    ? { kind: "direct", ...allowed, rule: only.rule, source: only.source }
    : { kind: "several_hops", ...allowed, ...ruleOf(question) };
}

/** Each upgrade of a path in order, one for a direct path; none where the path is refused. */
export function findHops(asked: PathQuestion): readonly Hop[] {
  const verdict = checkPath(asked);
  return verdict.kind === "refused" ? [] : verdict.hops;
}

/** What is wrong with a wanted version whatever runs now; undefined where only the running version can tell. */
export function refuseWanted(wanted: string, edition: Edition): PathRefusal | undefined {
  const to = readVersion(wanted);
  const refusal = to.kind === "release" ? refuseTarget(to.version, edition) : refuseText(wanted, to);
  return refusal === undefined ? undefined : complete(refusal, nearestKnown(lineOf(to), edition));
}

/** The line that was meant, as far as it was understood. */
function lineOf(read: VersionText): string | undefined {
  switch (read.kind) {
    case "release":
    case "not_a_release":
      return minorOf(read.version);
    case "incomplete":
      return read.line;
    case "not_understood":
      return undefined;
  }
}

function nearestOf(question: ReadQuestion, refusal: RefusalReason): Version | undefined {
  const { from, to, edition, asked } = question;
  const [first] = refusal.stops ?? [];
  const stop = first === undefined ? undefined : readVersion(first);
  if (stop?.kind === "release") return stop.version;
  switch (refusal.code) {
    case "edition_mismatch":
    case "unknown_running_version":
    case "below_1_0":
      return undefined;
    case "enterprise_to_oss":
    case "no_enterprise_twin":
      return nearestTo(minorOf(to), asked.edition, { from, asked });
    default:
      return nearestTo(minorOf(to), edition, { from, asked });
  }
}

function refused(refusal: RefusalReason, nearest: Version | undefined): PathVerdict {
  return { kind: "refused", ...complete(refusal, nearest) };
}

function complete(refusal: RefusalReason, nearest: Version | undefined): PathRefusal {
  return {
    ...refusal,
    stops: refusal.stops ?? [],
    nearest: nearest === undefined ? undefined : formatVersion(nearest),
  };
}

/** Why a path takes several upgrades. */
function ruleOf({ from, to, edition }: ReadQuestion): { readonly rule: string; readonly source: string } {
  if (!isAtLeast(from, "2.1") && isAtLeast(to, "3.0")) {
    return {
      rule: "1.x and 2.0 must reach 2.1 or later (best: the latest 2.8) before 3.x",
      source: `Kong docs, upgrade guide 3.0.x; ${sources.reference}`,
    };
  }
  return { rule: sayGuaranteed(edition), source: sources.reference };
}
