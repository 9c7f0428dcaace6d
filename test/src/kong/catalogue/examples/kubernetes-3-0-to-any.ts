import type { Example } from "#test/src/kong/catalogue/example.ts";

const controller = (image: string): Example["hits"] => ({
  helm: [],
  manifests: [{ kind: "Deployment", spec: { template: { spec: { containers: [{ name: "kic", image }] } } } }],
});

const release = (values: Readonly<Record<string, unknown>>): Example["hits"] => ({
  helm: [{ name: "shop-kong", values: { env: { database: "postgres", pg_host: "db" }, ...values } }],
});

const twoReleases = (secondHost: string, postUpgrade: boolean): Example["hits"] => ({
  helm: ["db", secondHost].map((host, index) => ({
    name: `kong-${index}`,
    values: { env: { database: "postgres", pg_host: host, pg_database: "kong" }, migrations: { postUpgrade } },
  })),
});

export const kubernetes30ToAnyExamples: readonly Example[] = [
  {
    hazard: "30-kic-26",
    hits: controller("kong/kubernetes-ingress-controller:2.5.0"),
    evidence: ["2.5.0"],
    misses: controller("kong/kubernetes-ingress-controller:2.12.0"),
  },
  {
    hazard: "30-helm-hooks",
    hits: release({}),
    evidence: ["shop-kong", "migrations.postUpgrade"],
    misses: release({ migrations: { preUpgrade: true, postUpgrade: false } }),
  },
  {
    hazard: "30-helm-no-up",
    hits: release({ migrations: { preUpgrade: false, postUpgrade: false } }),
    evidence: ["shop-kong", "migrations.preUpgrade"],
    misses: release({ migrations: { preUpgrade: true, postUpgrade: false } }),
  },
  {
    hazard: "30-helm-split",
    hits: twoReleases("db", true),
    evidence: ["kong-0", "kong-1"],
    misses: twoReleases("other-db", true),
  },
  {
    hazard: "30-helm-chart-apart",
    hits: { deployment: { platform: "kubernetes", isHelm: true } },
    misses: { deployment: { platform: "kubernetes", isHelm: false } },
  },
  {
    hazard: "30-helm-path",
    hits: { deployment: { platform: "kubernetes", isHelm: true } },
    misses: { deployment: { platform: "kubernetes", isHelm: true } },
    missesHop: { from: "3.4.1", to: "3.4.2" },
  },
  {
    hazard: "315-distroless",
    from: "3.14.0.13",
    to: "3.15.0.4",
    hits: { ...release({ image: { repository: "kong/kong-gateway", tag: "3.15.0.4-distroless" } }), hosts: [] },
    evidence: ["3.15.0.4-distroless"],
    misses: {
      ...release({
        image: { repository: "kong/kong-gateway", tag: "3.15.0.4-distroless" },
        deployment: { initContainers: { clearStalePid: { enabled: false } } },
        waitImage: { enabled: false },
      }),
    },
  },
  {
    hazard: "chart-immutable",
    hits: { manifests: [{ kind: "Job", metadata: { name: "shop-kong-init-migrations" }, status: { succeeded: 1 } }] },
    evidence: ["shop-kong-init-migrations"],
    misses: { manifests: [{ kind: "Job", metadata: { name: "shop-kong-init-migrations" } }] },
  },
  {
    hazard: "chart-rollback-db",
    hits: release({}),
    evidence: ["shop-kong", "env.database"],
    misses: { helm: [{ name: "dp", values: { env: { database: "off", role: "data_plane" } } }] },
  },
  {
    hazard: "gen-k8s-green",
    from: "3.4.2",
    to: "3.5.0",
    hits: { deployment: { platform: "kubernetes", strategy: "helm" } },
    misses: { deployment: { platform: "host" } },
  },
];
