import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** Hazards of Kong on Kubernetes that come with a Kong version or with the way the chart runs migrations. */
export const kubernetes30ToAnyHazards: readonly Hazard[] = [
  {
    id: "30-kic-26",
    title: "Kong 3.0 needs the ingress controller 2.6 or later",
    since: "3.0",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "helm_values", path: "ingressController.image.tag", predicate: "version_lt", value: "2.6" },
        {
          kind: "k8s",
          resource: "Deployment",
          path: "spec.template.spec.containers[*].image",
          predicate: "matches",
          value: "kubernetes-ingress-controller:v?(?:[01]\\.|2\\.[0-5](?:\\.|$))",
        },
      ],
    },
    effect: "This controller cannot configure the target: new pods serve no routes, or the old configuration for ever.",
    remedy: "Upgrade the controller to 2.6 or later first; it works with 2.8 as well.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.13.0"],
  },
  {
    id: "30-helm-hooks",
    title: "`helm upgrade` runs `kong migrations finish` without asking",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "changes_behaviour",
    when: {
      all: [
        {
          any: [
            { kind: "helm_values", path: "migrations.postUpgrade", predicate: "absent" },
            { kind: "helm_values", path: "migrations.postUpgrade", predicate: "equals", value: true },
          ],
        },
        { kind: "helm_values", path: "env.database", predicate: "equals", value: "postgres" },
      ],
    },
    effect:
      "migrations.postUpgrade is true (the chart's default), so the job after the upgrade finishes the migrations by itself, the point of no return, with nobody approving it; without --wait it may run while old pods still serve.",
    remedy:
      "Set migrations.postUpgrade=false for the upgrade, watch the new pods, and run `finish` in a second `helm upgrade` with preUpgrade=false and postUpgrade=true.",
    sources: [
      "Kong/charts@HEAD charts/kong/values.yaml and templates/migrations-post-upgrade.yaml",
      "Kong/charts@HEAD charts/kong/UPGRADE.md",
      "Kong docs, upgrade guide 3.0.x, Kong for Kubernetes",
    ],
  },
  {
    id: "30-helm-no-up",
    title: "`helm upgrade` runs no `kong migrations up`",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    when: {
      all: [
        { kind: "helm_values", path: "migrations.preUpgrade", predicate: "equals", value: false },
        { kind: "helm_values", path: "env.database", predicate: "equals", value: "postgres" },
        { not: { kind: "helm_split" } },
      ],
    },
    effect:
      "migrations.preUpgrade is false and no other release writes to this database: the new pods wait for migrations in their init container and never get ready.",
    remedy:
      "Set migrations.preUpgrade=true for the upgrade, or run `kong migrations up` of the target in a job before.",
    sources: ["Kong/charts@HEAD charts/kong/templates/migrations-pre-upgrade.yaml and _helpers.tpl (wait-for-db)"],
  },
  {
    id: "30-helm-split",
    title: "Several releases share one database, and each would finish the migrations",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "helm_split" },
        {
          any: [
            { kind: "helm_values", path: "migrations.postUpgrade", predicate: "absent" },
            { kind: "helm_values", path: "migrations.postUpgrade", predicate: "equals", value: true },
          ],
        },
      ],
    },
    effect:
      "The first `helm upgrade` of such a release runs `finish` while the other releases still run the old version on the same database.",
    remedy:
      "First release: preUpgrade=true, postUpgrade=false; those between: both false; the last one: preUpgrade=false, postUpgrade=true.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/charts@HEAD charts/kong/UPGRADE.md",
      "Kong docs, upgrade guide 3.0.x, deployment split across multiple releases",
    ],
  },
  {
    id: "30-helm-chart-apart",
    title: "Upgrade the chart and Kong one after the other",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "info",
    when: {
      all: [
        { kind: "deployment", path: "helm", predicate: "equals", value: true },
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
      ],
    },
    effect:
      "When both change in one `helm upgrade`, nobody can tell whether Kubernetes resources or Kong broke something.",
    remedy: "Two upgrades: the chart with the old image.tag, then image.tag alone.",
    sources: [
      "Kong/charts@HEAD charts/kong/UPGRADE.md",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x, Kong for Kubernetes",
    ],
  },
  {
    id: "30-helm-path",
    title: "The chart does not check the upgrade path",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "info",
    when: {
      all: [
        { kind: "deployment", path: "helm", predicate: "equals", value: true },
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
      ],
    },
    effect: "A mistyped image.tag runs the migrations of whatever version it names, over any number of versions.",
    remedy: "Check the path here, and write the tag into the values that are reviewed.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md", "Kong docs, upgrade guide 3.0.x, Kong for Kubernetes"],
  },
  {
    id: "315-distroless",
    title: "The chart's init containers do not run in the distroless image",
    since: "3.15",
    edition: "enterprise",
    area: "k8s",
    severity: "stops_start",
    when: {
      all: [
        {
          any: [
            { kind: "helm_values", path: "image.tag", predicate: "matches", value: "distroless" },
            { kind: "helm_values", path: "image.repository", predicate: "matches", value: "distroless" },
            { kind: "deployment", path: "image", predicate: "matches", value: "distroless" },
          ],
        },
        {
          any: [
            { kind: "helm_values", path: "deployment.initContainers.clearStalePid.enabled", predicate: "absent" },
            {
              kind: "helm_values",
              path: "deployment.initContainers.clearStalePid.enabled",
              predicate: "equals",
              value: true,
            },
          ],
        },
      ],
    },
    effect:
      "Pods stay in Init:Error, because the image has no `rm` that the init container clear-stale-pid calls. After a crash a container cannot be restarted either.",
    remedy:
      "Set deployment.initContainers.clearStalePid.enabled=false and waitImage.enabled=false; delete a crashed pod instead of restarting it.",
    note: "Without waitImage the pod does not wait for migrations: run them first.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.15, known issues"],
  },
  {
    id: "chart-immutable",
    title: "A migration job of an earlier release is left over",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    when: {
      all: [
        {
          kind: "k8s",
          resource: "Job",
          path: "metadata.name",
          predicate: "matches",
          value: "(?:init|pre-upgrade|post-upgrade)-migrations$|migrations?-(?:up|finish|bootstrap)",
        },
        { kind: "k8s", resource: "Job", path: "status", predicate: "present" },
      ],
    },
    effect:
      '`helm upgrade` or `kubectl apply` ends with "field is immutable" at this job; and where the name is taken by a finished job, the migrations of the target do not run.',
    remedy: "Look at its log, delete the job (`kubectl delete job NAME`), and repeat.",
    note: "A job counts as left over when it has a status, that is, when it comes from a cluster and not from a file.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md", "Kong/charts@HEAD charts/kong/templates/migrations*.yaml"],
  },
  {
    id: "chart-rollback-db",
    title: "`helm rollback` does not undo migrations",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    when: { kind: "helm_values", path: "env.database", predicate: "equals", value: "postgres" },
    effect:
      "A rollback brings the old pods back onto the upgraded database. After `up` that is fine only while the old version understands the data; after `finish` it is not.",
    remedy: "Roll back before `finish` only; after it restore the database first, with all pods stopped.",
    sources: ["Kong/charts@HEAD charts/kong/templates", "Kong/kong@3.9.3 kong/cmd/migrations.lua"],
  },
  {
    id: "gen-k8s-green",
    title: "Kubernetes: a second cluster needs a Deployment of its own",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "info",
    when: {
      all: [
        { kind: "deployment", path: "platform", predicate: "equals", value: "kubernetes" },
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
      ],
    },
    effect:
      "A changed image in the same Deployment, and `helm upgrade` too, replaces the old pods one by one: there is no old side to shift traffic back to.",
    remedy:
      "Where that is wanted, make a second Deployment (or release) for the new version by hand, and shift traffic between the two Services.",
    sources: ["Kong docs, upgrade page of 2.x, Kubernetes"],
  },
];
