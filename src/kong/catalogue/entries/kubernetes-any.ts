import type { Condition } from "#src/kong/catalogue/condition.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** The chart's default is true, so values that do not say it mean it (charts/kong/values.yaml). */
const isControllerOn: Condition = {
  any: [
    { kind: "helm_values", path: "ingressController.enabled", predicate: "equals", value: true },
    { kind: "helm_values", path: "ingressController.enabled", predicate: "absent" },
  ],
};

/** The target tells its readiness at /status/ready, and the values name no other place. */
const asksForReady: readonly Condition[] = [
  { kind: "helm_values", path: "image.tag", predicate: "version_gte", value: "3.3" },
  { kind: "helm_values", path: "readinessProbe.httpGet.path", predicate: "not_set" },
];

/** Hazards of the Helm chart kong/kong between its own versions. */
export const kubernetesAnyHazards: readonly Hazard[] = [
  {
    id: "chart-200",
    title: "Chart 2.0: Helm 3 is needed, and old names of values are gone",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    applies: { chart: { fromBelow: "2.0.0", toAtLeast: "2.0.0" } },
    when: {
      any: [
        { kind: "helm_values", path: "runMigrations", predicate: "is_set" },
        { kind: "helm_values", path: "proxy.ingress.hosts", predicate: "is_set" },
        { kind: "helm_values", path: "admin.useTLS", predicate: "is_set" },
        { kind: "helm_values", path: "enterprise.portal.portal_auth", predicate: "is_set" },
        { kind: "helm_values", path: "enterprise.portal.session_conf_secret", predicate: "is_set" },
      ],
    },
    effect: "These values are not read any more: migrations, Ingress, admin listener or portal come out as by default.",
    remedy: "Move to Helm 3 and to the new names; chart 1.15 warns of each old one.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.0.0, 1.3.0, 1.4.0, 1.14.0"],
  },
  {
    id: "chart-210",
    title: "Chart 2.1: images on Bintray are gone",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    when: {
      any: [
        { kind: "helm_values", path: "image.repository", predicate: "matches", value: "bintray" },
        { kind: "helm_values", path: "ingressController.image.repository", predicate: "matches", value: "bintray" },
      ],
    },
    effect: "The pull of this image fails, so no new pod starts.",
    remedy: "Use the repositories on Docker Hub: kong, kong/kong-gateway, kong/kubernetes-ingress-controller.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.1.0", "Kong docs, upgrade page of 2.x (names Bintray)"],
  },
  {
    id: "chart-220",
    title: "Chart 2.2: podDisruptionBudget.maxUnavailable has no default",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "changes_behaviour",
    applies: { chart: { fromBelow: "2.2.0", toAtLeast: "2.2.0" } },
    when: {
      all: [
        { kind: "helm_values", path: "podDisruptionBudget.enabled", predicate: "equals", value: true },
        { kind: "helm_values", path: "podDisruptionBudget.maxUnavailable", predicate: "not_set" },
        { kind: "helm_values", path: "podDisruptionBudget.minAvailable", predicate: "not_set" },
      ],
    },
    effect: "The budget lost its 50 % and allows or forbids something else when nodes are drained.",
    remedy: "Set podDisruptionBudget.maxUnavailable: 50% if that is wanted.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.2.0"],
  },
  {
    id: "chart-230",
    title: "Chart 2.3: the controller's image tag must be a version",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    applies: { chart: { fromBelow: "2.3.0", toAtLeast: "2.3.0" } },
    when: {
      all: [
        {
          kind: "helm_values",
          path: "ingressController.image.tag",
          predicate: "not_matches",
          value: "^v?[0-9]+\\.[0-9]+",
        },
        { kind: "helm_values", path: "ingressController.image.effectiveSemver", predicate: "not_set" },
      ],
    },
    effect: "The chart cannot be rendered with this tag, so `helm upgrade` fails.",
    remedy: "Set ingressController.image.effectiveSemver to the version that the tag stands for.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.3.0"],
  },
  {
    id: "chart-240",
    title: "Chart 2.4: controller 2.x by default, and the ServiceAccount moved",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    applies: { chart: { fromBelow: "2.4.0", toAtLeast: "2.4.0" } },
    when: {
      any: [
        {
          all: [
            isControllerOn,
            { kind: "helm_values", path: "postgresql.enabled", predicate: "equals", value: true },
            { kind: "helm_values", path: "ingressController.image.tag", predicate: "absent" },
          ],
        },
        { kind: "helm_values", path: "ingressController.serviceAccount", predicate: "is_set" },
      ],
    },
    effect:
      "Controllers 1.x and 2.x run at the same time and both write the database, or the migration job lacks its ServiceAccount and fails.",
    remedy:
      "Pin the controller and upgrade the chart; switch the controller off; switch it on at the new version. Do the first upgrade with migrations.preUpgrade=false and postUpgrade=false, and move the settings to deployment.serviceAccount.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.4.0"],
  },
  {
    id: "chart-270",
    title: "Chart 2.7: custom resources of controller 2.1",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    applies: { chart: { fromBelow: "2.7.0", toAtLeast: "2.7.0" } },
    when: isControllerOn,
    effect:
      "Helm leaves the old custom resource definitions, and the controller of the new chart may not start with them.",
    remedy: "Go to controller 2.0 first, then `kubectl apply` the definitions of the new chart before `helm upgrade`.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.7.0"],
  },
  {
    id: "chart-280-ingressclass",
    title: "Chart 2.8: the IngressClass has another controller name",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    applies: { chart: { fromBelow: "2.8.0", toAtLeast: "2.8.0" } },
    when: isControllerOn,
    effect: "The name cannot be changed in place, so `helm upgrade` fails at the IngressClass.",
    remedy: "`kubectl delete ingressclass kong` (or your class) before `helm upgrade`; routes stay as they are.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.8.0"],
  },
  {
    id: "chart-280-postgres",
    title: "Chart 2.8: the bundled PostgreSQL chart goes from 8.6.8 to 11.1.15",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    applies: { chart: { fromBelow: "2.8.0", toAtLeast: "2.8.0" } },
    when: { kind: "helm_values", path: "postgresql.enabled", predicate: "equals", value: true },
    effect:
      "PostgreSQL gets a newer major version, which does not start on the data directory of 11, and some values have new names.",
    remedy:
      "Dump the database and follow Bitnami's guide, or keep the server with postgresql.image.tag=11.7.0-debian-10-r37.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.8.0"],
  },
  {
    id: "chart-2130",
    title: "Chart 2.13: Kong 3.0 and controller 2.6 by default",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    applies: { chart: { fromBelow: "2.13.0", toAtLeast: "2.13.0" } },
    when: {
      any: [
        { kind: "helm_values", path: "image.tag", predicate: "absent" },
        { kind: "helm_values", path: "ingressController.image.tag", predicate: "absent" },
      ],
    },
    effect:
      "An upgrade of the chart alone also changes the version of Kong or of the controller, because no tag is set.",
    remedy: "Set image.tag and ingressController.image.tag; apply the custom resource definitions by hand.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.13.0"],
  },
  {
    id: "chart-2190",
    title: "Chart 2.19: the root filesystem is read-only",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    applies: { chart: { fromBelow: "2.19.0", toAtLeast: "2.19.0" } },
    when: {
      all: [
        { kind: "deployment", path: "helm", predicate: "equals", value: true },
        { kind: "custom_plugin", path: "name", predicate: "present" },
        { kind: "manual", question: "Does any custom plugin write to disk outside the prefix and /tmp?" },
      ],
    },
    effect: "The write fails, and with it the plugin or the start of the pod.",
    remedy: "Mount an emptyDir where it writes, or set containerSecurityContext.readOnlyRootFilesystem=false.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.19.0"],
  },
  {
    id: "chart-2260",
    title: "Chart 2.26: readiness asks /status/ready",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    applies: { chart: { fromBelow: "2.26.0", toAtLeast: "2.26.0" } },
    when: {
      any: [
        {
          all: [
            ...asksForReady,
            {
              kind: "k8s",
              resource: "Deployment",
              path: "spec.template.spec.containers[*].image",
              predicate: "matches",
              value: "kubernetes-ingress-controller:v?(?:[01]\\.|2\\.(?:\\d|10)(?:[.-]|$))",
            },
          ],
        },
        {
          all: [
            ...asksForReady,
            {
              kind: "manual",
              question: "Does the ingress controller run in a Deployment of its own, in a version older than 2.11?",
            },
          ],
        },
      ],
    },
    effect: "With such a controller the new proxy pods never get ready, so the rollout stands still.",
    remedy: "Set readinessProbe.httpGet.path=/status, or upgrade the controller to 2.11.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md 2.26.0"],
  },
  {
    id: "chart-unified-tag",
    title: "image.unifiedRepoTag wins over image.tag",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "stops_start",
    when: { kind: "helm_values", path: "image.unifiedRepoTag", predicate: "matches", value: "." },
    effect:
      "A new image.tag, which is also what a plan sets, changes nothing while this value is there: jobs and pods keep the old image, and the upgrade stops at the first look at the pods.",
    remedy: "Write the image into image.repository and image.tag, and take unifiedRepoTag out of the values before.",
    sources: ["Kong/charts@HEAD charts/kong/values.yaml and templates/_helpers.tpl"],
  },
  {
    id: "chart-crds",
    title: "Helm does not update custom resource definitions",
    since: "any",
    edition: "both",
    area: "k8s",
    severity: "breaks_traffic",
    when: { all: [{ kind: "deployment", path: "helm", predicate: "equals", value: true }, isControllerOn] },
    effect:
      "The definitions stay at the version of the first installation; a newer controller may not start with them.",
    remedy:
      "`kubectl apply -f` the file crds/custom-resource-definitions.yaml of the new chart version before `helm upgrade`.",
    sources: ["Kong/charts@HEAD charts/kong/UPGRADE.md"],
  },
];
