import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import { sampleEnvironment } from "./sample.ts";

/** An environment with every part there is, whether they go together or not: for rules that hold for each of them. */
export function fullEnvironment(): Required<Environment> {
  const sample = sampleEnvironment();
  const hook = { argv: ["/usr/local/bin/hook", "{node}"], timeoutMs: 1_000 };
  const database = databaseOf(sample);
  return {
    ...sample,
    database,
    nodes: sample.nodes.map((node) => fullNode(node)),
    hooks: {
      ...sample.hooks,
      start: hook,
      stop: hook,
      drain: hook,
      shiftTraffic: hook,
      provision: hook,
      configure: hook,
      admit: hook,
    },
    copySource: "/var/backups/kong-upgrade/prod.dump",
    green: {
      database: {
        ...database,
        host: "db-green.internal",
        password: { env: "GREEN_PASSWORD" },
        admin: { user: "postgres", password: { env: "GREEN_ADMIN_PASSWORD" }, database: "postgres" },
      },
      nodes: sample.nodes.map((node) => fullNode({ ...node, name: `green-${node.name}` })),
    },
    kubernetes: {
      kubectl: "kubectl",
      helm: "/usr/local/bin/helm",
      context: "arn:aws:eks:eu-west-1:1234:cluster/prod",
      namespace: "gateway",
      chart: "oci://registry.internal/charts/kong",
      chartVersion: "2.38.0",
      releases: [{ name: "kong", role: "all", values: ["/srv/values.yaml"], workload: "deployment/kong-kong" }],
      ingressController: "kong-controller",
    },
    packages: { recipe: "dpkg", folder: "/srv/packages", image: "registry.internal:5000/kong/gateway", usesSudo: true },
    service: { recipe: "systemd", unit: "kong-{node}", usesSudo: true },
    metrics: {
      from: "prometheus",
      url: "http://prometheus.internal:9090",
      token: { env: "METRICS_TOKEN" },
      queries: { requestRate: "a", errorRate: "b", p50Ms: "c", p95Ms: "d", p99Ms: "e" },
    },
    adminApi: {
      token: { env: "ADMIN_TOKEN" },
      tokenHeader: "Kong-Admin-Token",
      ca: "/etc/kong-upgrade/ca.pem",
      certificate: "/etc/kong-upgrade/client.pem",
      key: "/etc/kong-upgrade/client.key",
      workspaces: ["default", "payments"],
    },
    sources: {
      declarative: [],
      template: "/srv/nginx.template",
      plugins: ["/srv/plugins"],
      scripts: [],
      dashboards: [],
      manifests: [],
      helmValues: [],
    },
    deck: { program: "deck", version: "1.40.0" },
    declarative: { file: "/srv/kong.yml", converted: "/srv/kong-3.yml" },
    rolling: { batchSize: 1, maxUnavailable: 1, pauseMs: 1_000 },
    traffic: { shares: [10, 100], observeMs: 1_000 },
    licence: { file: "/etc/kong-upgrade/licence.json" },
    cassandra: { keyspace: "kong", nodetool: "nodetool" },
    preproduction: "staging",
    copyOf: "prod",
    calendar: {
      timeZone: "Europe/Berlin",
      maintenance: {
        windows: [{ days: ["tue"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" }],
        bind: "all",
        mayLift: { users: ["U0ERIN001"], groups: [] },
      },
      freezes: [],
    },
    runner: { labels: { zone: "eu" } },
  };
}

function fullNode(node: KongNode): KongNode {
  return {
    ...node,
    role: "traditional",
    status: "http://127.0.0.1:8007",
    admin: "http://[::1]:8001",
    group: "zone-a",
    secrets: { KONG_CLUSTER_SECRET: { env: `SECRET_OF_${node.name}` } },
  };
}
