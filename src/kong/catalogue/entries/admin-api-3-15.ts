import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const adminApi315Hazards: readonly Hazard[] = [
  {
    id: "315-license-readonly",
    title: "No or expired licence: Admin API read-only",
    since: "3.15",
    edition: "enterprise",
    area: "admin-api",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "license", predicate: "absent" },
        { kind: "license", path: "expiration_date", predicate: "before_plus_days", value: 0 },
      ],
    },
    effect: "",
    remedy:
      "Apply a valid licence first. Writable without: /licenses, /keyring/recover, /keyring/import, /keyring/import/raw. decK sync fails until then.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.15",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.15.0.0",
      "Kong blog, OSS to Enterprise",
    ],
  },
  {
    id: "315-workspace-names",
    title: "Workspace names equal to a first Admin API path segment stop start and migrations",
    since: "3.15",
    edition: "enterprise",
    area: "admin-api",
    severity: "stops_start",
    when: { kind: "workspace", path: "name", predicate: "in_admin_api_segments" },
    effect: "",
    remedy: "Compare names with the first segments of GET /endpoints of the target and rename before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.15",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.15.0.0",
    ],
  },
  {
    id: "315-vault-license",
    title: "A licence given as a vault reference cannot be applied by the Admin API",
    since: "3.15",
    edition: "enterprise",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "client", predicate: "matches", value: "/licenses[^\\n]*\\{vault" },
    effect: "",
    remedy: "Send the licence itself or use the environment.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.15.0.0"],
  },
];
