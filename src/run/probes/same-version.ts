import { formatVersion, parseVersion } from "#src/kong/version.ts";

/** Whether two spellings name one version; `3.4.2.0-enterprise-edition` of the Admin API too. */
export function isSameVersion(left: string, right: string): boolean {
  return plain(left) === plain(right);
}

function plain(text: string): string {
  const version = parseVersion(text);
  return version === undefined ? text : formatVersion(version);
}
