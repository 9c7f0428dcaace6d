import { databaseOf } from "#src/plan/databases-of.ts";
import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { pluginsInUse } from "#src/plan/plugins-in-use.ts";
import { isOnOneServer } from "#src/plan/refuse-second-cluster.ts";
import { nodeNames } from "#src/plan/steps/check-steps.ts";

/** Plugins that can keep their counters in Kong's database (Kong 2.8 to 3.9, `policy` or `strategy` = cluster). */
const counting = new Set(["rate-limiting", "response-ratelimiting", "rate-limiting-advanced"]);

/** What two clusters with data of their own cost while both serve. */
export function separateDataNotes(context: PlanContext): readonly string[] {
  return [
    "Configuration writes are forbidden on both clusters from the freeze until the old one is decommissioned: by Admin API, Kong Manager, decK and SQL. Nothing carries a write from one to the other.",
    counterNote(context),
    "OAuth2 tokens, sessions and ACME certificates that are kept in the database exist only on the cluster that made them. A client that is sent to the other cluster logs in again, and going back leaves those of the new cluster behind.",
    "Before the first share of all traffic, one route of little importance can go over alone: by the canary plugin (Enterprise) or a redirect in the reverse proxy. request-termination on the old side then shows who still calls it there (Kong Gateway 2.x upgrade page).",
    ...sizeNotes(context),
  ];
}

/** Capacity and PostgreSQL of the second cluster are described, not measured. */
function sizeNotes(context: PlanContext): readonly string[] {
  const [old, fresh] = [nodeNames(context).length, nodeNames(greenContext(context)).length];
  return [
    ...(fresh < old
      ? [`The new cluster has ${fresh} of ${old} nodes: it must carry all traffic alone at the end. Check that it can.`]
      : []),
    postgresNote(context),
  ];
}

function postgresNote({ environment: { green, database } }: PlanContext): string {
  if (green?.database === undefined) return "Nobody measured the size of the new hosts.";
  const wish = database === undefined ? "a version that Kong supports" : "the same major version as the old one";
  return `Nobody measured the size of the new hosts or looked at the PostgreSQL server of the new cluster: it should be of ${wish}.`;
}

function counterNote({ facts }: PlanContext): string {
  const used = pluginsInUse(facts, counting);
  const rule =
    "Counters that are kept in the database, and Vitals, count per cluster: while both serve, a client can reach up to twice its limit.";
  return used.length === 0
    ? rule
    : `${rule} This concerns ${used.join(", ")} wherever the policy or strategy is \`cluster\`: accept that, or move the counters to Redis before.`;
}

/** Says that one server carries both databases; nothing where it does not. */
export function oneServerNotes(context: PlanContext): readonly string[] {
  const { green, database } = context.environment;
  if (green?.database === undefined || database === undefined || !isOnOneServer(database, green.database)) return [];
  return [
    `Both databases lie on ${databaseOf(context.environment).host}:${databaseOf(context.environment).port}: restore and migration load the server that serves production, and it must have the disk space twice.`,
  ];
}
