import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const breaking30 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0";
const guide30 = "Kong docs, upgrade guide 3.0.x";
const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide";

const moved =
  "Your plugin changes places with a bundled one in use: what ran before it runs after it, or the other way round.";
const keepPlace =
  "Compare the PRIORITY of the plugin with the old and new ones, and shift it so that it keeps its place.";

/** Changes of the order in which custom plugins and bundled ones run. */
export const customPluginOrderHazards: readonly Hazard[] = [
  {
    id: "30-plugin-priorities",
    title: "Priorities of bundled plugins changed",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: {
      kind: "custom_plugin",
      path: "PRIORITY",
      predicate: "order_changes_against",
      value: {
        acme: [1007, 1705],
        "basic-auth": [1001, 1100],
        "hmac-auth": [1000, 1030],
        jwt: [1005, 1450],
        "key-auth": [1003, 1250],
        "ldap-auth": [1002, 1200],
        oauth2: [1004, 1400],
        "rate-limiting": [901, 910],
        "pre-function": [Number.POSITIVE_INFINITY, 1_000_000],
      },
    },
    effect: moved,
    remedy: keepPlace,
    sources: [breaking30, "Kong/kong@2.8.5 and @3.0.2 kong/plugins/*/handler.lua", guide30, guideLts],
  },
  {
    id: "30-plugin-priorities-ee",
    title: "Priorities of Enterprise plugins changed",
    since: "3.0",
    edition: "enterprise",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: {
      kind: "custom_plugin",
      path: "PRIORITY",
      predicate: "order_changes_against",
      value: {
        canary: [13, 20],
        degraphql: [1005, 1500],
        "graphql-proxy-cache-advanced": [100, 99],
        "jwt-signer": [999, 1020],
        "key-auth-advanced": [1003, 1250],
        "key-auth-enc": [1003, 1250],
        "ldap-auth-advanced": [1002, 1200],
        "mtls-auth": [1006, 1600],
        "openid-connect": [1000, 1050],
        "rate-limiting-advanced": [902, 910],
        "route-by-header": [2000, 850],
        "route-transformer-advanced": [800, 780],
        "vault-auth": [1003, 1350],
      },
    },
    effect: moved,
    remedy: keepPlace,
    sources: [breaking30, "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md", guideLts],
  },
  {
    id: "30-equal-priorities",
    title: "Plugins of equal priority run in a fixed order, by name",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: { kind: "custom_plugin", path: "PRIORITY", predicate: "equals_bundled", value: "any" },
    effect:
      "Your plugin has the priority of a bundled one in use: the order of the two was left to chance and is now given by their names, which can be the other one.",
    remedy: "Give the plugin a priority of its own.",
    sources: ["Kong/kong@3.0.0 CHANGELOG.md"],
  },
  {
    id: "34-saml-priority",
    title: "saml runs earlier: priority 900 became 1010",
    since: "3.6",
    also: ["3.4.3.1", "3.5.0.2"],
    edition: "enterprise",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: { kind: "custom_plugin", path: "PRIORITY", predicate: "order_changes_against", value: { saml: [900, 1010] } },
    effect: moved,
    remedy: keepPlace,
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.3.1, 3.5.0.2",
      "Kong/docs.konghq.com@cea028a29b^ app/_includes/md/plugin-priority.md (900)",
    ],
  },
  {
    id: "39-correlation-priority",
    title: "correlation-id runs first: priority 1 became 100001",
    since: "3.9",
    edition: "both",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "plugin", name: "correlation-id" },
        {
          kind: "custom_plugin",
          path: "PRIORITY",
          predicate: "order_changes_against",
          value: { "correlation-id": [1, 100_001] },
        },
      ],
    },
    effect:
      "Ids are set before authentication, so refused requests carry one too, and plugins that set or remove the same header now run after correlation-id.",
    remedy: "Check plugins that touch the header of the id, and custom plugins that relied on running before.",
    sources: ["Kong/kong@3.9.0 CHANGELOG.md", "Kong/kong@3.8.1 and @3.9.3 kong/plugins/correlation-id/handler.lua"],
  },
  {
    id: "39-ai-response-priority",
    title: "ai-response-transformer: priority 769 became 768",
    since: "3.9",
    edition: "both",
    area: "custom-plugin",
    severity: "info",
    when: {
      kind: "custom_plugin",
      path: "PRIORITY",
      predicate: "order_changes_against",
      value: { "ai-response-transformer": [769, 768] },
    },
    effect: moved,
    remedy: keepPlace,
    sources: ["Kong/kong@3.9.3 kong/plugins/ai-response-transformer/handler.lua"],
  },
  {
    id: "312-konnect-app-auth",
    title: "konnect-application-auth: priority 950 became 960",
    since: "3.12",
    edition: "enterprise",
    area: "custom-plugin",
    severity: "info",
    when: {
      kind: "custom_plugin",
      path: "PRIORITY",
      predicate: "order_changes_against",
      value: { "konnect-application-auth": [950, 960] },
    },
    effect: moved,
    remedy: `${keepPlace} It concerns data planes of Konnect only.`,
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.12",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-310-314.md",
    ],
  },
  {
    id: "310-service-protection",
    title: "service-protection runs later: priority 915 became 901",
    since: "3.15",
    also: ["3.10.0.10", "3.11.0.10", "3.12.0.6", "3.13.0.3", "3.14.0.2"],
    edition: "enterprise",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "plugin", name: "service-protection" },
        {
          kind: "custom_plugin",
          path: "PRIORITY",
          predicate: "order_changes_against",
          value: { "service-protection": [915, 901] },
        },
      ],
    },
    effect:
      "service-protection counts only requests that rate limiting let through, so its limit is reached later. A custom plugin between 901 and 915 changes places with it.",
    remedy: "Check the limits of service-protection, and custom plugins with a priority between 901 and 915.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.10.0.10, 3.11.0.10, 3.12.0.6, 3.13.0.3, 3.14.0.2",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-310-314.md",
    ],
  },
];
