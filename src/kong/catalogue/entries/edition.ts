import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const editionHazards: readonly Hazard[] = [
  {
    id: "ed-lateral",
    title: "OSS -> Enterprise only at the same version",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "stops_start",
    when: {
      all: [
        { kind: "deployment", path: "edition_change", predicate: "equals", value: "oss->enterprise" },
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
      ],
    },
    effect: "",
    remedy: "First bring OSS to the version of the Enterprise package, then change edition.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-migrations",
    title: "Edition change runs many Enterprise migrations",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "info",
    when: { kind: "deployment", path: "edition_change", predicate: "equals", value: "oss->enterprise" },
    effect: "",
    byMigration: "adds Enterprise tables and columns",
    remedy:
      "kong migrations up, then finish when all nodes run Enterprise; a log of 20 executed and 30 pending stands in the document.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-downtime",
    title: "In-place edition change has downtime",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "edition_change", predicate: "equals", value: "oss->enterprise" },
        { kind: "deployment", path: "strategy", predicate: "equals", value: "in-place" },
      ],
    },
    effect: "",
    remedy: "Plan a window; alternatives: new hosts or a cloned database.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-package",
    title: "The OSS package must be removed before (dpkg -r kong), keep /etc/kong/kong.conf",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "info",
    when: {
      all: [
        { kind: "deployment", path: "edition_change", predicate: "equals", value: "oss->enterprise" },
        { kind: "deployment", path: "package", predicate: "in", value: ["deb", "rpm"] },
      ],
    },
    effect: "",
    remedy: "Use -r (remove), not purge.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-declarative-workspace",
    title: "DB-less files: _workspace only needed when it is not default",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "info",
    when: {
      all: [
        { kind: "deployment", path: "edition_change", predicate: "equals", value: "oss->enterprise" },
        { kind: "deployment", path: "topology", predicate: "equals", value: "dbless" },
      ],
    },
    effect: "",
    remedy: "Add _workspace when another workspace is used.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-not-in-file",
    title: "Admins, RBAC and Dev Portal are not part of declarative files",
    since: "any",
    edition: "enterprise",
    area: "edition",
    severity: "info",
    when: {
      any: [
        { kind: "conf", key: "enforce_rbac", predicate: "not_in", value: ["off"] },
        { kind: "deployment", path: "config_management", predicate: "in", value: ["deck", "gitops"] },
      ],
    },
    effect: "",
    remedy: "Back them up with the database; decK does not carry them.",
    sources: ["Kong blog, OSS to Enterprise", "Kong/deck documentation", "Kong docs, Enterprise LTS 2.8 to 3.4 guide"],
  },
  {
    id: "ed-km-rbac",
    title: "Enterprise Kong Manager and Admin API are open until RBAC is switched on",
    since: "any",
    edition: "enterprise",
    area: "edition",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "deployment", path: "edition_change", predicate: "equals", value: "oss->enterprise" },
        { kind: "conf", key: "enforce_rbac", predicate: "absent" },
      ],
    },
    effect: "",
    remedy: "Create the super admin with KONG_PASSWORD at bootstrap time or create it, then enforce_rbac = on.",
    sources: ["Kong blog, OSS to Enterprise (KONG_PASSWORD at bootstrap)"],
  },
];
