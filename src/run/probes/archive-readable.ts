import type { Probe } from "#src/plan/probe.ts";
import { plainLines } from "#src/kong/cli-output/command-output.ts";
import type { CommandOutput } from "#src/kong/cli-output/command-output.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";

const listTimeoutMs = 60_000;

/** Tables of every Kong database since 1.0; a dump without them is a dump of something else. */
const coreTables = ["schema_meta", "services", "routes", "plugins", "consumers", "upstreams", "targets"] as const;

/**
 * Lists the archive. The list lies at its beginning, so a cut-off end is not seen here: that is what restoring it into a
 * scratch database is for.
 */
export async function archiveReadable(
  { file }: Extract<Probe, { readonly kind: "archive_readable" }>,
  { environment, ports, baseline }: ProbeContext,
): Promise<Answer> {
  const argv = [environment.tools.pgRestore, "--list", file];
  const output = await ports.runCommand({ argv, env: {}, timeoutMs: listTimeoutMs });
  if (output.timedOut) return unclear(`pg_restore --list ${file} gave no answer in ${listTimeoutMs} ms`);
  if (output.exitCode !== 0) return bad(`${file} cannot be read by pg_restore`, lastLines(output));
  const withData = tablesWithData(output.stdout);
  const wanted = [...coreTables, ...Object.keys(baseline.counts ?? {})];
  const missing = [...new Set(wanted)].filter((table) => !withData.has(table));
  return missing.length === 0
    ? good(`${file} is readable and holds the data of ${withData.size} tables`)
    : bad(`${file} is readable but lacks the data of ${missing.join(", ")}`);
}

/** Lines such as `3412; 0 16385 TABLE DATA public services kong` (PostgreSQL 15, pg_restore --list). */
function tablesWithData(list: string): ReadonlySet<string> {
  const matches = list.matchAll(/^\d+; \d+ \d+ TABLE DATA \S+ (\S+) /gmu);
  return new Set([...matches].flatMap(([, table]) => (table === undefined ? [] : [table])));
}

function lastLines(output: CommandOutput): readonly string[] {
  return plainLines(output.stderr)
    .filter((line) => line !== "")
    .slice(-5);
}
