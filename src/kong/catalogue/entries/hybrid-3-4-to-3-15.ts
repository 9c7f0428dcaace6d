import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const hybrid34To315Hazards: readonly Hazard[] = [
  {
    id: "34-consumer-group-scope-hybrid",
    title: "Plugins of consumer groups do not work on data planes older than 3.4",
    since: "3.4",
    edition: "enterprise",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        { kind: "plugin", name: "*", path: "consumer_group", predicate: "is_set" },
      ],
    },
    effect: "Until a data plane runs 3.4, it does not apply these plugins to the members of the group.",
    remedy: "Apply the files with such plugins only after every data plane runs 3.4.",
    sources: [
      "Kong/docs.konghq.com@cea028a29b^ app/_src/gateway/production/deployment-topologies/hybrid-mode/index.md",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/hybrid-mode.md",
    ],
  },
  {
    id: "36-lmdb-wipe",
    title: "A node without database forgets its stored configuration when the minor version changes",
    since: "any",
    edition: "both",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "in", value: ["hybrid", "dbless"] },
        { kind: "version", path: "to", predicate: "version_gte", value: "3.6" },
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
      ],
    },
    effect:
      "At its first start the target empties the LMDB: a new data plane has nothing to serve until it reaches a control plane, a DB-less node until it has loaded its file.",
    remedy:
      "Upgrade and reach the control plane first (or set up a fallback configuration), and take old nodes away only when /status/ready of the new ones says 200.",
    sources: [
      "Kong/kong@3.6.0 CHANGELOG.md",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.6.0.0",
    ],
  },
  {
    id: "310-incremental-stream",
    title: "incremental_sync = on does not reach TCP and TLS routes",
    since: "3.10",
    fixedIn: ["3.10.0.6", "3.11.0.3", "3.12"],
    edition: "enterprise",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "conf", key: "incremental_sync", predicate: "equals", value: "on" },
        { kind: "conf", key: "stream_listen", predicate: "present" },
        { kind: "conf", key: "stream_listen", predicate: "not_equals", value: "off" },
      ],
    },
    effect: "Changes of stream routes and services do not arrive on data planes, which go on with the old ones.",
    remedy: "Set incremental_sync = off, or take 3.10.0.6, 3.11.0.3 or later.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.10, 3.11, known issues"],
  },
  {
    id: "310-dp-backup-import",
    title: "An exported fallback configuration with CA certificates cannot be imported",
    since: "3.10",
    fixedIn: ["3.10.0.15"],
    edition: "enterprise",
    area: "hybrid",
    severity: "breaks_traffic",
    when: { kind: "conf", key: "cluster_fallback_config_import", predicate: "equals", value: "on" },
    effect: "A data plane that starts while no control plane answers comes up with nothing to serve.",
    remedy: "Take 3.10.0.15 or later, and let exporter and importer be of exactly the same version.",
    note: "The fix is known for 3.10 only.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.10.0.15",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/hybrid.md",
    ],
  },
  {
    id: "314-websocket-auth",
    title: "Older data planes do not take ws and wss on mtls-auth, openid-connect and acl",
    since: "3.14",
    edition: "enterprise",
    area: "hybrid",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        {
          any: (["mtls-auth", "openid-connect", "acl"] as const).flatMap((name) =>
            (["ws", "wss"] as const).map(
              (value) => ({ kind: "plugin", name, path: "protocols[*]", predicate: "equals", value }) as const,
            ),
          ),
        },
      ],
    },
    effect: "The control plane does not pass these plugins on to data planes older than 3.14.",
    remedy: "Take ws and wss out of the plugins until every data plane runs 3.14.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.14.0.0"],
  },
  {
    id: "315-cluster-max-payload",
    title: "A configuration larger than cluster_max_payload is not sent, with a line in the log",
    since: "3.15",
    also: ["3.11.0.14", "3.14.0.5"],
    edition: "enterprise",
    area: "hybrid",
    severity: "info",
    when: { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
    effect:
      "Where the configuration has outgrown the limit, data planes stay connected and keep the old one, instead of connecting again and again.",
    remedy: "Raise an alarm on that line of the log, and raise cluster_max_payload on both sides.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.11.0.14, 3.14.0.5, 3.15.0.0"],
  },
];
