import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const schemaRegistryModes = [
  "config.schema_registry.confluent.authentication.mode",
  "config.topics[*].schema_registry.confluent.authentication.mode",
] as const;

const schemaRegistryPlugins = [
  "confluent-consume",
  "kafka-consume",
  "kafka-upstream",
  "kafka-log",
  "confluent",
] as const;

export const adminApi36To314Hazards: readonly Hazard[] = [
  {
    id: "35-consumers-listing",
    title: "Lists of consumers and consumer groups come in pages under `data`",
    since: "3.6",
    also: ["3.5.0.3"],
    edition: "enterprise",
    area: "admin-api",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          kind: "client",
          predicate: "matches",
          value: "\\.consumer_groups\\b|\\.consumers\\b|\\[[\"']consumer(?:_group)?s[\"']\\]",
        },
        {
          all: [
            { kind: "consumer_group", predicate: "present" },
            {
              kind: "manual",
              question:
                "Do scripts read `.consumers` or `.consumer_groups` from answers about consumer groups, or expect them whole in one page?",
              answeredBy: "scripts",
            },
          ],
        },
      ],
    },
    effect:
      "Such a script finds no list, or only its first page, and may take the rest for missing: a script that then adds or deletes consumers does the wrong thing.",
    remedy: "Read `data` and follow `next`.",
    note: "Kong's page names /consumers and /consumer_groups; the plain /consumers always used `data`, so the nested lists of Enterprise are what changes.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.5.0.3",
    ],
  },
  {
    id: "36-ca-delete",
    title: "CA certificates in use cannot be deleted",
    since: "3.6",
    edition: "both",
    area: "admin-api",
    severity: "info",
    when: { kind: "client", predicate: "matches", value: "(?i)(?:\\b|-x)delete\\b[^\\n]*/ca_certificates" },
    effect: "A DELETE of an authority that a service or plugin still names is refused, so these scripts fail there.",
    remedy: "Remove the references first.",
    sources: ["Kong/kong@3.6.0 CHANGELOG.md"],
  },
  {
    id: "36-keys-validation",
    title: "The private and the public part of a key must belong together",
    since: "3.6",
    edition: "both",
    area: "admin-api",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "key", path: "pem.private_key", predicate: "is_set" },
        { kind: "key", path: "pem.public_key", predicate: "is_set" },
        { kind: "manual", question: "Does any of these keys hold two parts that do not belong together?" },
      ],
    },
    effect:
      "Such a key is refused: a sync stops at it, and a node that loads its configuration from a file does not take it.",
    remedy: "Compare the pairs (`openssl pkey -pubout`) before the upgrade.",
    sources: ["Kong/kong@3.6.0 CHANGELOG.md"],
  },
  {
    id: "36-edition-field",
    title: "GET / tells the edition",
    since: "3.6",
    edition: "both",
    area: "admin-api",
    severity: "info",
    when: { kind: "client", predicate: "matches", value: "\\benterprise-edition\\b|\\bedition\\b" },
    effect: "These scripts tell the edition from other signs; the answer of GET / has the field `edition` now.",
    remedy: "Read `.edition` (community or enterprise) where it is there.",
    sources: ["Kong/kong@3.6.1 kong/api/routes/kong.lua"],
  },
  {
    id: "37-idp-roles",
    title: "Roles that came from the identity provider are taken away when its mapping changes",
    since: "3.7",
    edition: "enterprise",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "conf", key: "admin_gui_auth", predicate: "in", value: ["openid-connect", "ldap-auth-advanced"] },
    effect:
      "Kong keeps the source of each role of an admin; at a login a role of source `idp` that the mapping no longer gives is removed, where it stayed before.",
    remedy: "Review role_source of the admins' roles, and set those that must stay to `local`.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.7.0.0"],
  },
  {
    id: "38-shorthand-mismatch",
    title: "An old and a new name of one field with different values are refused",
    since: "3.8",
    edition: "both",
    area: "admin-api",
    severity: "breaks_traffic",
    when: { kind: "plugin", name: "*", path: "config.*", predicate: "alias_mismatch" },
    effect:
      "A sync or a declarative file with these plugins is refused: a DB-less node does not take the file, and a sync stops there.",
    remedy: "Send one of the two names. From 3.14 schema_alias_conflict_mode = warn relaxes it.",
    sources: [
      "Kong/kong@3.8.0 CHANGELOG.md",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.14.0.0",
    ],
  },
  {
    id: "311-rbac-delete",
    title: "Deleting an RBAC user keeps a role of the same name",
    since: "3.11",
    edition: "enterprise",
    area: "admin-api",
    severity: "info",
    when: { kind: "client", predicate: "matches", value: "(?i)(?:\\b|-x)delete\\b[^\\n]*/rbac/users" },
    effect: "The role that went with the user before is left behind by these scripts.",
    remedy: "Delete the role as well where it is not wanted.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.11.0.0"],
  },
  {
    id: "311-user-token-ident",
    title: "user_token_ident cannot be changed through the Admin API",
    since: "3.11",
    edition: "enterprise",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "client", predicate: "matches", value: "user_token_ident" },
    effect: "These scripts get an error where they send the field.",
    remedy: "Take the field out of what they send.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.11.0.0"],
  },
  {
    id: "312-km-schema-registry",
    title: "Kong Manager may not save `none` as authentication of a schema registry",
    since: "3.12",
    edition: "enterprise",
    area: "admin-api",
    severity: "info",
    when: {
      any: schemaRegistryPlugins.flatMap((name) =>
        schemaRegistryModes.map(
          (path) => ({ kind: "plugin", name, path, predicate: "equals", value: "none" }) as const,
        ),
      ),
    },
    effect: "Saving one of these plugins in Kong Manager can lose the mode none; what is stored now stays.",
    remedy: "Change these plugins with the Admin API or decK.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.12, known issues"],
  },
  {
    id: "313-empty-object",
    title: "The Admin API writes empty maps as {} instead of []",
    since: "3.13",
    edition: "enterprise",
    area: "admin-api",
    severity: "changes_behaviour",
    when: {
      kind: "manual",
      question: "Do scripts or typed clients read empty map fields of Kong's answers as arrays?",
    },
    effect: "Such a client fails to parse the answer.",
    remedy: "Let it accept objects.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.13",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-310-314.md",
    ],
  },
  {
    id: "314-event-hooks",
    title: "Event hooks are signed with HMAC-SHA256",
    since: "3.14",
    edition: "enterprise",
    area: "admin-api",
    severity: "breaks_traffic",
    when: { kind: "event_hook", path: "config.secret", predicate: "is_set" },
    effect: "Receivers of these hooks that check an HMAC-SHA1 signature refuse every event.",
    remedy: "Let the receivers accept SHA256 (and SHA1 for the time of the change) before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.14",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-310-314.md",
    ],
  },
  {
    id: "314-admin-password-reset",
    title: 'Resetting the password of an older admin fails with "Old password is invalid"',
    since: "3.14",
    fixedIn: ["3.14.0.9", "3.15.0.1"],
    edition: "enterprise",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "admin", predicate: "present" },
    effect: "Admins made before the upgrade cannot change their passwords.",
    remedy: "Take 3.14.0.9, 3.15.0.1 or later.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.14.0.9, 3.15.0.1"],
  },
  {
    id: "314-tls-event-hooks",
    title: "Event hooks verify the certificate of the receiver",
    since: "3.14",
    edition: "enterprise",
    area: "admin-api",
    severity: "breaks_traffic",
    applies: { conf: { tls_certificate_verify: ["unset", "on"] } },
    when: {
      all: [
        { kind: "event_hook", path: "config.url", predicate: "matches", value: "^https:" },
        {
          any: [
            { kind: "event_hook", path: "config.ssl_verify", predicate: "not_set" },
            { kind: "event_hook", path: "config.ssl_verify", predicate: "equals", value: false },
          ],
        },
      ],
    },
    effect:
      "Events are not delivered to these addresses where the certificate is self-signed or of an unknown authority.",
    remedy: "Give the receivers valid certificates, or add their authority to lua_ssl_trusted_certificate.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/tls-verify-314.md"],
  },
];
