import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const hybrid23To32Hazards: readonly Hazard[] = [
  {
    id: "23-hybrid-version-check",
    title: "The upgraded control plane refuses these data planes",
    since: "any",
    edition: "both",
    area: "hybrid",
    severity: "breaks_traffic",
    when: { kind: "data_planes", path: "[*].version", predicate: "incompatible_with_target" },
    effect:
      "Of another major version than the target, or newer than it, they get no configuration (sync status kong_version_incompatible): they serve the last one they have, and a restarted one may have none.",
    remedy:
      "A control plane is never older than its data planes and of the same major version: upgrade control planes first, and bring every data plane along before anything is changed.",
    note: "2.3 wanted the same minor, 2.4 at most two minors behind, 2.5 and later any older minor of the same major.",
    sources: [
      "Kong/kong@2.3.3, 2.4.1, 2.8.5 kong/clustering",
      "Kong/kong@3.4.2 kong/clustering/compat/init.lua",
      "own recorded run: control plane 3.4.2 with data plane 2.8.5",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide, hybrid mode",
    ],
  },
  {
    id: "hybrid-control-plane-first",
    title: "Control planes are upgraded before data planes",
    since: "any",
    edition: "both",
    area: "hybrid",
    severity: "info",
    when: { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
    effect:
      "A data plane that is upgraded before its control plane gets no configuration. While the control planes are down, data planes go on serving what they have.",
    remedy: "Control planes first, in place or with a second database; then the data planes, group by group.",
    sources: ["Kong docs, upgrade guide 3.0.x, hybrid mode", "Kong docs, Enterprise LTS 2.8 to 3.4 guide, hybrid mode"],
  },
  {
    id: "hybrid-data-planes-not-in-sync",
    title: "Data planes do not follow their control plane already now",
    since: "any",
    edition: "both",
    area: "hybrid",
    severity: "breaks_traffic",
    when: { kind: "data_planes", path: "[*].sync_status", predicate: "not_in", value: ["normal"] },
    effect:
      "These data planes do not take the configuration of today's control plane, so after the upgrade nobody can tell what it broke; they may be dead entries, too.",
    remedy: "Bring each to sync status normal, or make sure that it is gone (last_seen), before the upgrade.",
    note: "Entries of dead data planes stay for cluster_data_plane_purge_delay, 14 days by default.",
    sources: ["Kong/kong@3.4.2 kong/clustering", "own recorded answers of 2.8.5 and 3.4.2"],
  },
  {
    id: "24-rl-hybrid-cluster",
    title: "Rate limiting with policy cluster needs a database on every node",
    since: "any",
    edition: "both",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "in", value: ["hybrid", "dbless"] },
        {
          any: [
            { kind: "plugin", name: "rate-limiting", path: "config.policy", predicate: "equals", value: "cluster" },
            {
              kind: "plugin",
              name: "response-ratelimiting",
              path: "config.policy",
              predicate: "equals",
              value: "cluster",
            },
          ],
        },
      ],
    },
    effect:
      "Data planes and DB-less nodes have no database to count in: they refuse a configuration with this policy from 2.4 on, and with it every other change.",
    remedy: "Use policy redis, or local where each node may count for itself.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.4.0", "Kong/kong@3.9.3 kong/plugins/rate-limiting/schema.lua"],
  },
  {
    id: "30-rla-hybrid-cluster",
    title: "rate-limiting-advanced: strategy cluster does not work in hybrid mode",
    since: "3.0",
    edition: "enterprise",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        {
          kind: "plugin",
          name: "rate-limiting-advanced",
          path: "config.strategy",
          predicate: "equals",
          value: "cluster",
        },
      ],
    },
    effect: "Data planes cannot count in the database, so these limits do not hold or their configuration is refused.",
    remedy: "Use strategy redis.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x, hybrid mode",
    ],
  },
  {
    id: "30-cluster-listener-log",
    title: "The cluster listener logs to admin_error_log",
    since: "3.0",
    edition: "both",
    area: "hybrid",
    severity: "info",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        { kind: "conf", key: "admin_error_log", predicate: "present" },
      ],
    },
    effect:
      "Errors between control plane and data planes appear in the file of admin_error_log and no longer in the other log.",
    remedy: "Watch that file for errors of the connection.",
    sources: ["Kong/kong@3.0.0 CHANGELOG.md"],
  },
  {
    id: "30-hybrid-28-dp",
    title: "Data planes of 2.x get no configuration from a control plane of 3.x",
    since: "3.0",
    edition: "both",
    area: "hybrid",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        { kind: "version", path: "from", predicate: "version_lt", value: "3.0" },
      ],
    },
    effect:
      "From the upgrade of the control planes until their own, data planes serve what they have and see no change; one that restarts in that time has its cached configuration only.",
    remedy: "Change nothing in between, restart no data plane, and keep that time short.",
    note: "The changelog of Enterprise 3.1.1.2 says that 2.8 data planes work again; whether that holds for later Enterprise versions is not clear.",
    sources: [
      "Kong/kong@master UPGRADE.md",
      "Kong/kong@3.9.3 kong/clustering/compat/init.lua",
      "own recorded run: control plane 3.4.2 with data plane 2.8.5",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-hybrid-first-28",
    title: "Hybrid: go to 2.8 on both sides before 3.x",
    since: "3.0",
    edition: "oss",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        { kind: "version", path: "from", predicate: "version_lt", value: "2.8" },
      ],
    },
    effect: "Nobody has tested data planes this old beside a control plane of 3.x; what they keep serving is not sure.",
    remedy: "Bring control planes and data planes to the latest 2.8, check them there, then go to 3.x.",
    sources: ["Kong/kong@3.0 UPGRADE.md, upgrade to 3.0.x, version prerequisites"],
  },
];
