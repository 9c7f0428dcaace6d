import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const hybrid30To32Hazards: readonly Hazard[] = [
  {
    id: "30-hybrid-custom-plugin-major",
    title: "A custom plugin has another major version on the data planes than on the control plane",
    since: "any",
    edition: "both",
    area: "hybrid",
    severity: "breaks_traffic",
    when: { kind: "custom_plugin", path: "VERSION", predicate: "major_differs_between_cp_and_dp" },
    effect:
      "Once this plugin is configured, the control plane sends these data planes no configuration at all (sync status plugin_version_incompatible).",
    remedy:
      "Keep the major VERSION of custom plugins equal on both sides during the upgrade, and the control plane's minor not below the data planes'.",
    sources: ["Kong/kong@3.9.3 kong/clustering/compat/init.lua", "Kong docs, upgrade guide 3.0.x"],
  },
  {
    id: "30-custom-plugins-both-sides",
    title: "Custom plugins belong on control planes first, then on data planes",
    since: "any",
    edition: "both",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        { kind: "custom_plugin", path: "name", predicate: "present" },
      ],
    },
    effect:
      "A data plane that lacks one of these plugins gets no configuration (sync status plugin_set_incompatible), and a control plane that lacks it does not start.",
    remedy: "Put the build for the target on the control planes' hosts or image first, then on the data planes'.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x, hybrid mode",
    ],
  },
  {
    id: "31-legacy-ws-removed",
    title: "3.1.0 speaks another protocol to data planes",
    since: "3.1",
    fixedIn: ["3.1.1.2", "3.2"],
    edition: "both",
    area: "hybrid",
    severity: "breaks_traffic",
    when: { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
    effect:
      "A control plane of this target knows wRPC only: data planes of 2.8 get no configuration from it, and 3.2 and later do not understand it.",
    remedy:
      "Enterprise: choose 3.1.1.3 or later. OSS: choose 3.2 or later; from 2.8 no rolling upgrade goes to 3.1 but over 3.0.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.1",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.1.1.2",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/reference.md",
    ],
  },
  {
    id: "31-dp-node-id",
    title: "A data plane keeps its node id over restarts",
    since: "3.1",
    edition: "both",
    area: "hybrid",
    severity: "info",
    when: { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
    effect:
      "Data planes from one copied prefix or image carry the same id and appear as one in the list of data planes.",
    remedy: "Delete kong.id from the prefix when a machine or image is copied.",
    sources: ["Kong/kong@3.1.0 CHANGELOG.md", "Kong/kong@3.4.2 kong/pdk/private/node.lua"],
  },
  {
    id: "31-from-31-hybrid",
    title: "From 3.1.0.0 or 3.1.1.1 in hybrid mode go to 3.1.1.3 first",
    since: "3.2",
    edition: "enterprise",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        { kind: "version", path: "from", predicate: "in", value: ["3.1.0.0", "3.1.1.1"] },
      ],
    },
    effect: "The running data planes speak wRPC only and get no configuration from a control plane of 3.2 or later.",
    remedy: "Insert 3.1.1.3 as a stop, for control planes and data planes.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/reference.md"],
  },
  {
    id: "32-wrpc-removed",
    title: "Data planes of 3.1 cannot talk to a control plane of 3.2",
    since: "3.2",
    edition: "oss",
    area: "hybrid",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        { kind: "version", path: "from", predicate: "in", value: ["3.1.0", "3.1.1"] },
      ],
    },
    effect:
      "wRPC is gone: from the upgrade of the control planes until their own, data planes serve what they have and see no change.",
    remedy: "Change nothing in between, restart no data plane, and keep that time short.",
    sources: ["Kong/kong@3.2.0 CHANGELOG.md", "Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/reference.md"],
  },
];
