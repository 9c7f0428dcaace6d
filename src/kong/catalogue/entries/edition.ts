import type { Condition } from "#src/kong/catalogue/condition.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const isEditionChange: Condition = {
  kind: "deployment",
  path: "edition_change",
  predicate: "equals",
  value: "oss->enterprise",
};

/** The change from OSS to Enterprise, and what Enterprise holds beside the configuration. */
export const editionHazards: readonly Hazard[] = [
  {
    id: "ed-lateral",
    title: "OSS to Enterprise only at the same version",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "stops_start",
    when: { all: [isEditionChange, { kind: "version", path: "from", predicate: "minor_differs_from_target" }] },
    effect:
      "Two sets of migrations would run at once, which nobody has tested: they can fail halfway or leave the schema broken.",
    remedy:
      "First bring OSS to the version of the Enterprise package, then change the edition (or the other way round).",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-migrations",
    title: "The change of edition runs many migrations",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "info",
    when: {
      all: [isEditionChange, { kind: "deployment", path: "database", predicate: "equals", value: "postgres" }],
    },
    effect:
      "Enterprise adds its tables and columns to this database. It serves after `up` already; its own features need `finish`.",
    byMigration:
      "`up` adds tables and columns of Enterprise, about 50 migrations at 3.1, of which 30 wait for `finish`.",
    remedy: "Run `kong migrations up`, start Enterprise, test, and run `finish` when it may stay.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-finish-last-node",
    title: "Finish only when every node runs Enterprise",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "breaks_traffic",
    when: { all: [isEditionChange, { kind: "deployment", path: "node_count", predicate: "gt", value: 1 }] },
    effect: "OSS nodes that are left go on after `up`, but `finish` changes what they read.",
    remedy: "Change all nodes, look at the list of database connections, then run `kong migrations finish`.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-downtime",
    title: "A change of edition in place has a downtime",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "breaks_traffic",
    when: {
      all: [
        isEditionChange,
        { kind: "deployment", path: "strategy", predicate: "in", value: ["in-place", "oss-to-enterprise"] },
      ],
    },
    effect: "Nothing is served from the stop of OSS until Enterprise has started.",
    remedy: "Plan a window, or use new hosts, or a copy of the database with gradual traffic.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-package",
    title: "The OSS package has to go first, and its configuration has to stay",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "info",
    when: {
      all: [isEditionChange, { kind: "deployment", path: "package", predicate: "in", value: ["deb", "rpm"] }],
    },
    effect:
      "Both packages own the same files. Purging the old one (`dpkg -P`, `apt purge`) deletes /etc/kong with kong.conf.",
    remedy: "`dpkg -r kong` or `yum remove kong`, with a copy of /etc/kong beside it; never purge.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-deb-dependencies",
    title: "`dpkg -i` does not bring zlib1g-dev along",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "stops_start",
    when: {
      all: [
        isEditionChange,
        { kind: "deployment", path: "os", predicate: "matches", value: "^ubuntu" },
        { kind: "deployment", path: "package", predicate: "equals", value: "deb" },
        { kind: "manual", question: "Will the package be installed with `dpkg -i`, on hosts without zlib1g-dev?" },
      ],
    },
    effect: "The package is left unpacked and not configured, and the node does not start.",
    remedy: "Install with `apt-get install ./FILE.deb`, or zlib1g-dev before.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-kubernetes",
    title: "On Kubernetes the image and the values change with the edition",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "info",
    when: {
      all: [isEditionChange, { kind: "deployment", path: "platform", predicate: "equals", value: "kubernetes" }],
    },
    effect: "The image of OSS has no Enterprise of any tag; the ingress controller goes on configuring the new pods.",
    remedy:
      "Change image.repository to kong/kong-gateway and set enterprise.enabled and its licence secret in the values, or change the manifests; run the same migration jobs.",
    sources: ["Kong blog, OSS to Enterprise", "Kong/charts@HEAD charts/kong/values.yaml"],
  },
  {
    id: "ed-licence-missing",
    title: "Enterprise runs without a licence, but not all of it",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "changes_behaviour",
    when: {
      all: [
        isEditionChange,
        { kind: "license", predicate: "absent" },
        { kind: "conf", key: "license_data", predicate: "absent" },
        { kind: "conf", key: "license_path", predicate: "absent" },
      ],
    },
    effect:
      "It starts and serves as OSS did; Enterprise plugins and entities cannot be used, and from 3.15 the Admin API is read-only.",
    remedy:
      "POST the licence to /licenses after the start, or set KONG_LICENSE_DATA; for 3.10 and later have it at hand before.",
    sources: [
      "Kong blog, OSS to Enterprise",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.10, 3.15",
    ],
  },
  {
    id: "ed-declarative-workspace",
    title: "Files of a DB-less node name their workspace only when it is not `default`",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "info",
    when: {
      all: [isEditionChange, { kind: "deployment", path: "topology", predicate: "equals", value: "dbless" }],
    },
    effect: "The file loads as it is, into the workspace default.",
    remedy: "Add _workspace when another workspace is meant.",
    sources: ["Kong blog, OSS to Enterprise"],
  },
  {
    id: "ed-km-rbac",
    title: "Kong Manager and the Admin API are open until RBAC is switched on",
    since: "any",
    edition: "both",
    area: "edition",
    severity: "changes_behaviour",
    when: { all: [isEditionChange, { kind: "conf", key: "enforce_rbac", predicate: "absent" }] },
    effect:
      "Enterprise adds Kong Manager on ports 8002 and 8445; without enforce_rbac anybody who reaches it can change everything.",
    remedy:
      "Create the super admin (KONG_PASSWORD at the bootstrap of a new database, or by hand), then set enforce_rbac = on.",
    sources: ["Kong blog, OSS to Enterprise (KONG_PASSWORD at bootstrap)"],
  },
  {
    id: "ed-not-in-file",
    title: "Declarative files do not carry everything that Enterprise holds",
    since: "any",
    edition: "enterprise",
    area: "edition",
    severity: "info",
    when: {
      any: [
        { kind: "conf", key: "enforce_rbac", predicate: "in", value: ["on", "both", "entity"] },
        { kind: "admin", predicate: "present" },
        { kind: "conf", key: "keyring_enabled", predicate: "equals", value: "on" },
        { kind: "event_hook", predicate: "present" },
      ],
    },
    effect:
      "Admins, RBAC users, roles and tokens, Dev Portal, keyring, licence and event hooks are in the database only: a restore from decK files comes up without them, and basic-auth passwords do not come back.",
    remedy:
      "Back up the database; take decK files as the second way back only, and write down what has to be set by hand.",
    sources: [
      "Kong blog, OSS to Enterprise",
      "Kong/deck documentation",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide, database backup",
    ],
  },
];
