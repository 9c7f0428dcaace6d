import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { isAtLeast, minorOf } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import type { Hop } from "./hop.ts";

type Selected = Pick<Hazard, "since" | "also" | "fixedIn" | "fixedInOss" | "edition">;

/**
 * Whether an upgrade brings a change: it is in effect at the target and not at the start, and not repaired by then.
 * What is not tied to a version concerns every upgrade of its edition.
 */
export function concerns(hazard: Selected, hop: Hop): boolean {
  if (hazard.edition !== "both" && hazard.edition !== hop.edition) return false;
  if (isFixed(hazard, hop)) return false;
  if (hazard.since === "any") return true;
  return isInEffect(hazard, hop.to, hop) && !isInEffect(hazard, hop.from, hop);
}

function isInEffect({ since, also }: Selected, version: Version, hop: Hop): boolean {
  return (
    isAtLeast(version, since) ||
    ofEdition(also ?? [], hop).some((patch) => isOfMinor(patch, version) && isAtLeast(version, patch))
  );
}

function isFixed({ fixedIn, fixedInOss }: Selected, hop: Hop): boolean {
  const fixes = ofEdition((hop.edition === "oss" ? fixedInOss : undefined) ?? fixedIn ?? [], hop);
  if (fixes.some((fix) => isOfMinor(fix, hop.to) && isAtLeast(hop.to, fix))) return true;
  const minors = fixes.map(minorNumbers);
  return minors.length > 0 && minors.every((minor) => compareMinors(minorNumbers(minorOf(hop.to)), minor) > 0);
}

/** Four parts are patches of Enterprise, which OSS never gets. */
function ofEdition(versions: readonly string[], hop: Hop): readonly string[] {
  return hop.edition === "enterprise" ? versions : versions.filter((version) => version.split(".").length < 4);
}

function isOfMinor(bound: string, version: Version): boolean {
  return compareMinors(minorNumbers(bound), [version.major, version.minor]) === 0;
}

function minorNumbers(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return [major, minor];
}

function compareMinors(left: readonly [number, number], right: readonly [number, number]): number {
  return left[0] - right[0] || left[1] - right[1];
}
