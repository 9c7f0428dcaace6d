import type { Example } from "#test/src/kong/catalogue/example.ts";

const ingress = (path: string): Example["hits"] => ({
  manifests: [{ kind: "Ingress", spec: { rules: [{ http: { paths: [{ path }] } }] } }],
});

export const kubernetesIngressExamples: readonly Example[] = [
  {
    hazard: "30-ingress-regex",
    hits: ingress("/users/\\d+$"),
    evidence: ["/users/\\d+$"],
    misses: ingress("/~/users/\\d+$"),
  },
  {
    hazard: "kic-kongingress",
    hits: { manifests: [{ kind: "KongIngress", metadata: { name: "timeouts" }, proxy: { read_timeout: 5000 } }] },
    evidence: ["timeouts", "read_timeout"],
    misses: { manifests: [{ kind: "Ingress", spec: { rules: [] } }] },
  },
];
