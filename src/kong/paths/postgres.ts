import type { ReleaseLine } from "#src/kong/releases.ts";
import type { PathQuestion, PathRemark } from "./question.ts";

/** Major and minor of PostgreSQL; two numbers up to 9.6, and the minor is a patch from 10 on. */
type PostgresVersion = readonly [major: number, minor: number];

/** Reads `15.18 (Debian …)`, `9.5`, `PostgreSQL 16.4 on …` or `17beta1`; undefined for anything else. */
export function parsePostgres(text: string | undefined): PostgresVersion | undefined {
  const match = /^\s*(?:PostgreSQL\s+)?(\d{1,3})(?:\.(\d{1,3}))?/iu.exec(text ?? "");
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? 0)];
}

/** Whether the database server is older than what a line works with; never for nodes without PostgreSQL. */
export function isTooOld(question: PathQuestion, line: ReleaseLine): boolean {
  const running = runningPostgres(question);
  const minimum = parsePostgres(line.minPostgres);
  if (running === undefined || minimum === undefined) return false;
  return running[0] < minimum[0] || (running[0] === minimum[0] && running[1] < minimum[1]);
}

/** Says so where Kong tests a line with other versions of PostgreSQL only. */
export function warnUntested(question: PathQuestion, line: ReleaseLine): readonly PathRemark[] {
  const running = runningPostgres(question);
  const { testedPostgres } = line;
  if (running === undefined || testedPostgres.length === 0 || testedPostgres.includes(running[0])) return [];
  return [
    {
      text: `Kong tests ${line.minor} with PostgreSQL ${testedPostgres[0]} to ${testedPostgres.at(-1)}, and the server is ${running[0]}`,
      source: line.source,
    },
  ];
}

function runningPostgres({ database, topology, postgresVersion }: PathQuestion): PostgresVersion | undefined {
  const hasNone = topology === "dbless" || (database !== undefined && database !== "postgres");
  return hasNone ? undefined : parsePostgres(postgresVersion);
}
