import type { Version } from "#src/kong/version.ts";

/**
 * Whether a control plane sends configuration to a data plane: same major, and a data plane that is not newer. How old it
 * may be changed: the same minor in 2.3, two minors in 2.4, any from 2.5 on.
 * Source: Kong/kong 2.3.0, 2.4.0, 2.5.0 and 3.4.2, kong/clustering (check_kong_version_compatibility), changelogs.
 */
export function acceptsDataPlane(controlPlane: Version, dataPlane: Version): boolean {
  if (controlPlane.major !== dataPlane.major) return false;
  const behind = controlPlane.minor - dataPlane.minor;
  return behind >= 0 && behind <= minorsBehind(controlPlane);
}

/** How many minors older a data plane may be. */
export function minorsBehind({ major, minor }: Version): number {
  if (major !== 2) return Infinity;
  if (minor <= 3) return 0;
  return minor === 4 ? 2 : Infinity;
}
