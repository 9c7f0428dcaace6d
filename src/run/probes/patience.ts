import { unreachable } from "#src/kernel/result.ts";
import type { Probe } from "#src/plan/probe.ts";

/** How long a proof may take to become true after the command came back; 0 where it is true at once or never. */
export function patienceMs(probe: Probe): number {
  switch (probe.kind) {
    case "node_serving":
    case "node_ready":
    case "group_serving":
    case "host_answers":
      return 30_000;
    // New workers build their router first, and old ones answer what they have begun.
    case "workers_replaced":
      return 60_000;
    // Old pods get 30 s to end and Kong's chart lets them drain for 15 s before that.
    case "workload_rolled_out":
    case "no_other_image":
      return 90_000;
    // A data plane reports to its control plane every 30 s (Kong 3.9.3, kong/clustering/data_plane.lua, ping interval).
    // Where none is named, those that are gone count until five minutes have passed.
    case "data_planes_synced":
      return probe.hostnames.length > 0 ? 90_000 : 360_000;
    case "smoke":
    case "node_stopped":
    case "no_kong_sessions":
      return 10_000;
    case "cli_version":
    case "migrations":
    case "schema_meta":
    case "migration_lock_free":
    case "archive_readable":
    case "counts_match_baseline":
    case "configuration_unchanged":
    case "files_present":
    case "database_absent":
    case "database_present":
    case "database_empty":
    case "command_output":
    case "hook_done":
    case "migrations_in_cluster":
    case "licence_valid":
    case "same_entities":
      return 0;
    default:
      return unreachable(probe);
  }
}
