import { isAtLeast, parseVersion } from "#src/kong/version.ts";

/**
 * Whether pods of the old version serve on a database that `up` has changed. From 2.8.2 on they do (kong/router.lua
 * 2.8.2), but for 3.6.0 and 3.6.1, whose `up` takes keys away that older rate-limiting plugins read
 * (kong/plugins/rate-limiting/migrations/006_350_to_360.lua 3.6.0; mended in 3.7.0). For pods of Kong OSS and what Kong
 * Enterprise adds no document says so.
 */
export function oldPodsUnderstand(from: string, to: string): boolean {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  if (old === undefined || wanted === undefined || isOtherEdition(from, to)) return false;
  const isBeforeTilde = !isAtLeast(old, "2.8.2") && isAtLeast(wanted, "3.0");
  const losesKeys = !isAtLeast(old, "3.6") && isAtLeast(wanted, "3.6") && !isAtLeast(wanted, "3.7");
  return !isBeforeTilde && !losesKeys;
}

/** How sentences say that they do not. */
export function doNotUnderstand(from: string, to: string): string {
  return isOtherEdition(from, to) ? "are not known to understand" : "do not understand";
}

function isOtherEdition(from: string, to: string): boolean {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  return old?.enterprisePatch === undefined && wanted?.enterprisePatch !== undefined;
}
