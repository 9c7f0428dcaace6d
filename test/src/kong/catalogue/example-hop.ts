import type { Hop } from "#src/kong/assess/hop.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { editionOf } from "#src/kong/releases.ts";
import type { Edition } from "#src/kong/releases.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

/** The hop of an example: the versions that it names, or those around the change. */
export function hopOf(hazard: Hazard, named: { readonly from?: string; readonly to?: string }): Hop {
  const since = hazard.since === "any" ? "3.5" : hazard.since;
  const edition = named.to === undefined ? editionFor(hazard, since) : undefined;
  const to = versionOf(named.to ?? since, edition);
  const from = versionOf(named.from ?? lineBefore(since), edition);
  return { from, to, edition: edition ?? (hazard.edition === "enterprise" ? "enterprise" : editionOf(to)) };
}

function editionFor({ edition }: Hazard, since: string): Edition {
  if (edition !== "both") return edition;
  const [major = 0, minor = 0] = since.split(".").map(Number);
  return since.split(".").length === 4 || (major >= 3 && minor > 9) ? "enterprise" : "oss";
}

/** 2.8 is the line before 3.0. */
function lineBefore(since: string): string {
  const [major = 0, minor = 0] = since.split(".").map(Number);
  return minor === 0 ? `${major - 1}.8` : `${major}.${minor - 1}`;
}

function versionOf(text: string, edition: Edition | undefined): Version {
  const parts = text.split(".");
  const wanted = edition === "enterprise" ? 4 : 3;
  while (parts.length < wanted) parts.push("0");
  const version = parseVersion(parts.join("."));
  if (version === undefined) throw new Error(`${text} is no version`);
  return version;
}
