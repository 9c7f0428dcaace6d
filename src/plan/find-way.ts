import type { Facts } from "#src/kong/facts.ts";
import { checkPath } from "#src/kong/upgrade-path.ts";
import type { PathRefusalCode, PathVerdict } from "#src/kong/upgrade-path.ts";
import type { Edition } from "#src/kong/releases.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { Environment } from "./environment.ts";

export interface WayQuestion {
  readonly environment: Environment;
  readonly facts: Facts;
  readonly from: string;
  readonly to: string;
}

/** The way from the running version to a target, by everything that the facts tell, and the edition it ends at. */
export type Way = PathVerdict & { readonly edition: Edition };

/** Asks for the path with what the environment and its facts know. */
export function findWay({ environment, facts, from, to }: WayQuestion): Way {
  const { edition, topology } = environment;
  const editionTo = targetEdition(edition, to);
  const verdict = checkPath({
    from,
    to,
    edition,
    editionTo,
    topology: topology === "kubernetes" ? facts.installation?.topology?.value : topology,
    database: databaseKind(environment),
    postgresVersion: facts.database?.serverVersion,
    dataPlaneVersions: facts.installation?.dataPlanes?.value.map(({ version }) => version),
    plugins: facts.installation?.plugins?.value.map(({ name }) => name),
    today: facts.observedAt.slice(0, "2026-11-21".length),
  });
  return { ...verdict, edition: editionTo };
}

/** What forbids the way in general; a strategy that is made for exactly this may still take it. */
export function obstacleOf(way: Way, { edition }: Environment): PathRefusalCode | undefined {
  if (way.kind === "refused") return way.code;
  return way.edition === edition ? undefined : "edition_change";
}

/** Four numbers are an Enterprise version; asked for on OSS, they mean the change of edition (Kong version policy). */
function targetEdition(edition: Edition, to: string): Edition {
  const version = parseVersion(to);
  if (version === undefined) return edition;
  return version.enterprisePatch === undefined ? edition : "enterprise";
}

function databaseKind({ database, cassandra, topology }: Environment): "postgres" | "cassandra" | "off" | undefined {
  if (cassandra !== undefined) return "cassandra";
  if (database !== undefined) return "postgres";
  return topology === "dbless" ? "off" : undefined;
}
