import { formatVersion, parseVersion } from "#src/kong/version.ts";
import { plainLines } from "./command-output.ts";
import type { CommandOutput } from "./command-output.ts";

/**
 * Reads `kong version`: OSS prints `3.4.2` (and `Kong: 3.4.2` with `-a`), Enterprise `Kong Enterprise 3.4.3.5`;
 * undefined when no version is in the output or the command failed.
 */
export function readVersion(output: CommandOutput): string | undefined {
  if (output.exitCode !== 0) return undefined;
  for (const line of plainLines(output.stdout)) {
    const text = line.trim().replace(/^Kong(?: Enterprise|:)? /u, "");
    const version = parseVersion(text);
    if (version !== undefined) return formatVersion(version);
  }
  return undefined;
}
