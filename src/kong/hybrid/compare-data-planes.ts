import { formatVersion, isAtLeast, minorOf, parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import { acceptsDataPlane, minorsBehind } from "./accepts-data-plane.ts";
import { protocolsOf, protocolSource } from "./protocols.ts";
import { strippedFields } from "./stripped-fields.ts";
import type { StrippedFields } from "./stripped-fields.ts";

/** What becomes of data planes of one version at a control plane. */
export type DataPlaneFate =
  /** They get every configuration, without the fields that their version does not know. */
  | { readonly kind: "updated"; readonly stripped: readonly StrippedFields[] }
  /** They go on serving the configuration they have and get no other until they are upgraded. */
  | { readonly kind: "frozen"; readonly reason: string; readonly source: string }
  /** They are newer than the control plane, which Kong forbids; they get no configuration either. */
  | { readonly kind: "too_new"; readonly reason: string; readonly source: string }
  | { readonly kind: "unreadable" };

export interface ComparedDataPlanes {
  /** As it was given. */
  readonly version: string;
  readonly count: number;
  readonly fate: DataPlaneFate;
}

/**
 * What becomes of each version of data planes at a control plane of this version, in the order they were given. Plugins that
 * a data plane lacks are judged elsewhere: only discovery knows the plugin sets.
 */
export function compareDataPlanes(
  controlPlane: Version,
  dataPlaneVersions: readonly string[],
): readonly ComparedDataPlanes[] {
  const counts = new Map<string, number>();
  for (const version of dataPlaneVersions) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts].map(([version, count]) => ({ version, count, fate: fateOf(controlPlane, version) }));
}

function fateOf(controlPlane: Version, text: string): DataPlaneFate {
  const dataPlane = parseVersion(text);
  if (dataPlane === undefined) return { kind: "unreadable" };
  const order = dataPlane.major - controlPlane.major || dataPlane.minor - controlPlane.minor;
  if (order > 0) {
    return {
      kind: "too_new",
      reason: `data planes ${minorOf(dataPlane)} are newer than control planes ${minorOf(controlPlane)}, and the control plane has to be upgraded first`,
      source:
        "Kong docs, upgrade guide 3.0.x; Kong Enterprise LTS 2.8 to 3.4 upgrade guide; Kong/kong 3.9.3 kong/clustering/compat/init.lua",
    };
  }
  return (
    refuseMajor(controlPlane, dataPlane) ??
    refuseDistance(controlPlane, dataPlane) ??
    refuseProtocol(controlPlane, dataPlane) ?? { kind: "updated", stripped: strippedBetween(controlPlane, dataPlane) }
  );
}

/**
 * Seen with OSS 3.4.2 and data planes 2.8.5. Kong's documents suggest that Enterprise 3.1.1.2 and later may still reach data
 * planes 2.8; nobody proved it, so they count as frozen too.
 */
function refuseMajor(controlPlane: Version, dataPlane: Version): DataPlaneFate | undefined {
  if (controlPlane.major === dataPlane.major) return undefined;
  return {
    kind: "frozen",
    reason: `control planes ${controlPlane.major}.x refuse data planes ${dataPlane.major}.x (sync status kong_version_incompatible)`,
    source:
      "Kong/kong 3.9.3 kong/clustering/compat/init.lua; own recorded run of control plane 3.4.2 with data plane 2.8.5",
  };
}

/** Asked after the major and what is newer, so that only the distance is left. */
function refuseDistance(controlPlane: Version, dataPlane: Version): DataPlaneFate | undefined {
  if (acceptsDataPlane(controlPlane, dataPlane)) return undefined;
  const reach = minorsBehind(controlPlane);
  return {
    kind: "frozen",
    reason: `control planes ${minorOf(controlPlane)} accept data planes ${reach === 0 ? "of their own minor only" : "at most two minors behind"}, not ${minorOf(dataPlane)}`,
    source: "Kong/kong 2.3.3 and 2.4.1 kong/clustering",
  };
}

function refuseProtocol(controlPlane: Version, dataPlane: Version): DataPlaneFate | undefined {
  const spoken = protocolsOf(controlPlane);
  if (protocolsOf(dataPlane).some((protocol) => spoken.includes(protocol))) return undefined;
  return {
    kind: "frozen",
    reason: `control planes ${formatVersion(controlPlane)} speak ${spoken.join(" and ")} only, which data planes ${formatVersion(dataPlane)} do not`,
    source: protocolSource,
  };
}

/** Fields that this control plane knows and takes out for these data planes. */
function strippedBetween(controlPlane: Version, dataPlane: Version): readonly StrippedFields[] {
  return strippedFields.filter(
    ({ olderThan }) => isAtLeast(controlPlane, olderThan) && !isAtLeast(dataPlane, olderThan),
  );
}
