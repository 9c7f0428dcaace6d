import type { Example } from "#test/src/kong/catalogue/example.ts";

/** A release whose chart goes from the line before a change to the version with it. */
const chart = (version: string, values: Readonly<Record<string, unknown>>, from = "1.15.0"): Example["hits"] => ({
  helm: [{ name: "shop-kong", chartVersion: from, targetChartVersion: version, values }],
});

const controller = (image: string): { readonly kind: string } & Readonly<Record<string, unknown>> => ({
  kind: "Deployment",
  metadata: { name: "ingress-controller" },
  spec: { template: { spec: { containers: [{ name: "controller", image }] } } },
});

export const kubernetesAnyExamples: readonly Example[] = [
  {
    hazard: "chart-200",
    hits: chart("2.0.0", { runMigrations: true }),
    evidence: ["shop-kong", "runMigrations"],
    misses: chart("2.0.0", { migrations: { preUpgrade: true } }),
  },
  {
    hazard: "chart-210",
    hits: chart("2.1.0", { image: { repository: "kong-docker-kong-enterprise-edition-docker.bintray.io/kong" } }),
    evidence: ["bintray"],
    misses: chart("2.1.0", { image: { repository: "kong/kong-gateway" } }),
  },
  {
    hazard: "chart-220",
    hits: chart("2.2.0", { podDisruptionBudget: { enabled: true } }),
    evidence: ["podDisruptionBudget.enabled"],
    misses: chart("2.2.0", { podDisruptionBudget: { enabled: true, maxUnavailable: "50%" } }),
  },
  {
    hazard: "chart-230",
    hits: chart("2.3.0", { ingressController: { image: { tag: "next" } } }),
    evidence: ["next"],
    misses: chart("2.3.0", { ingressController: { image: { tag: "1.3.1" } } }),
  },
  {
    hazard: "chart-240",
    hits: chart("2.4.0", { postgresql: { enabled: true } }),
    evidence: ["postgresql.enabled"],
    misses: chart("2.4.0", { postgresql: { enabled: true }, ingressController: { image: { tag: "1.3.1" } } }),
  },
  {
    hazard: "chart-270",
    hits: chart("2.7.0", { ingressController: { enabled: true } }, "2.6.4"),
    evidence: ["ingressController.enabled"],
    misses: chart("2.7.0", { ingressController: { enabled: false } }, "2.6.4"),
  },
  {
    hazard: "chart-280-ingressclass",
    hits: chart("2.8.0", {}, "2.7.0"),
    evidence: ["ingressController.enabled"],
    misses: chart("2.13.0", {}, "2.8.2"),
  },
  {
    hazard: "chart-280-postgres",
    hits: chart("2.8.0", { postgresql: { enabled: true } }, "2.7.0"),
    evidence: ["postgresql.enabled"],
    misses: chart("2.8.0", { postgresql: { enabled: false } }, "2.7.0"),
  },
  {
    hazard: "chart-2130",
    hits: chart("2.13.0", { image: { repository: "kong" }, ingressController: { image: { tag: "2.5" } } }, "2.12.0"),
    evidence: ["image.tag"],
    misses: chart("2.13.0", { image: { tag: "2.8" }, ingressController: { image: { tag: "2.5" } } }, "2.12.0"),
  },
  {
    hazard: "chart-2190",
    hits: { ...chart("2.19.0", {}, "2.18.0"), customPlugins: [{ name: "audit-file" }] },
    evidence: ["audit-file"],
    misses: { ...chart("2.19.0", {}, "2.18.0"), customPlugins: [] },
  },
  {
    hazard: "chart-2260",
    hits: {
      ...chart("2.26.0", { image: { tag: "3.4" } }, "2.25.0"),
      manifests: [controller("kong/kubernetes-ingress-controller:2.10.4")],
    },
    evidence: ["kubernetes-ingress-controller:2.10.4"],
    misses: {
      ...chart("2.26.0", { image: { tag: "3.4" }, readinessProbe: { httpGet: { path: "/status" } } }, "2.25.0"),
      manifests: [controller("kong/kubernetes-ingress-controller:2.10.4")],
    },
  },
  {
    hazard: "chart-unified-tag",
    hits: { helm: [{ values: { image: { unifiedRepoTag: "kong/kong-gateway:2.8.4.4" } } }] },
    evidence: ["image.unifiedRepoTag", "2.8.4.4"],
    misses: { helm: [{ values: { image: { repository: "kong/kong-gateway", tag: "2.8.4.4", unifiedRepoTag: "" } } }] },
  },
  {
    hazard: "chart-crds",
    hits: chart("2.26.0", { ingressController: { enabled: true } }, "2.25.0"),
    evidence: ["ingressController.enabled"],
    misses: chart("2.26.0", { ingressController: { enabled: false } }, "2.25.0"),
  },
];
