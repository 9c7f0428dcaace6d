import { editionOf } from "#src/kong/releases.ts";
import { isAtLeast, isWithin } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

/** How control planes send configuration: JSON over a WebSocket, or the short-lived wRPC. */
export type Protocol = "json" | "wrpc";

export const protocolSource =
  "Kong developer docs, upgrade reference, upgrades from 3.1.0.0 or 3.1.1.1; Kong/kong CHANGELOG 3.1.0 and 3.2.0";

/**
 * The protocols a version speaks: 3.0 added wRPC, 3.1 dropped JSON, Enterprise 3.1.1.2 brought it back and OSS 3.1 did not,
 * 3.2 dropped wRPC.
 */
export function protocolsOf(version: Version): readonly Protocol[] {
  if (!isAtLeast(version, "3.0") || isAtLeast(version, "3.2")) return ["json"];
  if (!isAtLeast(version, "3.1")) return ["json", "wrpc"];
  return editionOf(version) === "oss" || isWithin(version, "3.1.0.0", "3.1.1.1") ? ["wrpc"] : ["json", "wrpc"];
}
