import type { Facts } from "#src/kong/facts.ts";
import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import type { PlanContext } from "./plan-context.ts";
import { pluginsInUse } from "./plugins-in-use.ts";
import type { PlanRefusal } from "./refusal.ts";

/** Plugins whose Redis settings the migrations of 3.6 move (kong/plugins/…/migrations/006_350_to_360 and others). */
const movedInThreeSix = new Set(["acme", "rate-limiting", "response-ratelimiting"]);

/** Refuses pairs of versions of which the old one cannot go on serving once `migrations up` of the new one has run. */
export function refuseSharedSchema({ from: old, to: wanted, facts }: PlanContext): readonly PlanRefusal[] {
  const from = parseVersion(old);
  const to = parseVersion(wanted);
  if (from === undefined || to === undefined) return [];
  const isBlindForTilde = !isAtLeast(from, "2.8.2") && isAtLeast(to, "3.0");
  // 3.6.1.5 is the first release in which `up` leaves the old fields to `finish`; OSS never got it in 3.6.
  const isTakingFields = !isAtLeast(from, "3.6") && isAtLeast(to, "3.6") && !isAtLeast(to, "3.6.1.5");
  return [
    ...(isBlindForTilde ? [losesRoutes(old, wanted)] : []),
    ...(isTakingFields ? losesRedis(old, wanted, facts) : []),
  ];
}

function losesRoutes(from: string, to: string): PlanRefusal {
  return {
    code: "old_nodes_lose_routes",
    sentence: `${from} stops serving routes with regular expressions as soon as \`migrations up\` of ${to} has run: it puts ~ before their paths, and only 2.8.2 and later understand that`,
    help: "upgrade to 2.8.2 or later first, or use a strategy in which the old nodes do not serve on the migrated database (Kong Gateway 3.0 upgrade guide: 2.1.0 is enough; Kong developer docs, Blue-green upgrade: 2.8.2; Kong/kong commit fd4a1594be agrees with 2.8.2, so the stricter rule is taken)",
  };
}

function losesRedis(from: string, to: string, facts: Facts): readonly PlanRefusal[] {
  const used = pluginsInUse(facts, movedInThreeSix);
  if (used.length === 0) return [];
  return [
    {
      code: "old_nodes_lose_redis",
      sentence: `\`migrations up\` of ${to} moves the Redis settings of ${used.join(", ")} to where ${from} does not look, so the old nodes lose them while they still serve`,
      help: "go to 3.6.1.5 (Enterprise) or past 3.6, or use a strategy in which the old nodes do not serve on the migrated database (Kong/kong 3.6.0 and 3.6.1, plugin migrations 006_350_to_360; repaired in pull request 12983)",
    },
  ];
}
