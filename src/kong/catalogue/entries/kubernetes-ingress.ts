import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** Hazards of what the ingress controller makes routes and services of. */
export const kubernetesIngressHazards: readonly Hazard[] = [
  {
    id: "30-ingress-regex",
    title: "Regex paths of Ingresses need the prefix /~",
    since: "3.0",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    when: {
      all: [
        {
          kind: "k8s",
          resource: "Ingress",
          path: "spec.rules[*].http.paths[*].path",
          predicate: "not_matches",
          value: "^[a-zA-Z0-9.\\-_~/%]*$",
        },
        {
          not: {
            kind: "k8s",
            resource: "Ingress",
            path: "spec.rules[*].http.paths[*].isRegex",
            predicate: "equals",
            value: true,
          },
        },
        {
          not: {
            kind: "k8s",
            resource: "Ingress",
            path: "spec.rules[*].http.paths[*].pathType",
            predicate: "equals",
            value: "Exact",
          },
        },
      ],
    },
    effect:
      "The target takes these paths for plain text, so requests that the regex matched get 404. With pathType Prefix that is so for everything below the path; the path itself stays a regex.",
    remedy:
      "Write /~/pattern with pathType ImplementationSpecific, or set the annotation konghq.com/regex-prefix, both with the ingress controller 2.7 or later; or switch enableLegacyRegexDetection on for the time of the change.",
    sources: [
      "Kong/charts@HEAD charts/kong/UPGRADE.md 2.13.0",
      "Kong docs, ingress controller 2.7, upgrade to Kong 3.x",
      "Kong/kubernetes-ingress-controller CHANGELOG.md 2.7.0, and internal/dataplane/translator/subtranslator/ingress.go of 3.x",
    ],
  },
  {
    id: "kic-kongingress",
    title: "KongIngress resources are deprecated, and newer controllers drop them",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "changes_behaviour",
    when: {
      all: [
        {
          any: [
            { kind: "k8s", resource: "KongIngress", path: "route", predicate: "is_set" },
            { kind: "k8s", resource: "KongIngress", path: "proxy", predicate: "is_set" },
            { kind: "k8s", resource: "KongIngress", path: "upstream", predicate: "is_set" },
          ],
        },
        {
          kind: "manual",
          question:
            "Does the ingress controller change with this upgrade to a version that reads less of KongIngress, or to Kong Operator 2?",
        },
      ],
    },
    effect:
      "Where a section is not read any more, its routes, timeouts, retries, load balancing and health checks fall back to defaults, and nothing else tells.",
    remedy:
      "Move `route` to annotations of the Ingress, `proxy` to annotations of the Service, and `upstream` to a KongUpstreamPolicy before the controller changes.",
    note: "Kong's documents deprecate `route` and `proxy` first, all of KongIngress from controller 3.5 on, and remove it in Kong Operator 2.0.",
    sources: ["Kong/developer.konghq.com app/kubernetes-ingress-controller/migrate/kongingress.md"],
  },
];
