import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** What bundled plugins do otherwise in 3.0, with the same configuration. */
export const plugin30BehaviourHazards: readonly Hazard[] = [
  {
    id: "30-statsd-advanced",
    title: "statsd-advanced is deprecated",
    since: "3.0",
    edition: "enterprise",
    area: "plugin",
    severity: "deprecation",
    when: { kind: "plugin", name: "statsd-advanced" },
    effect: "The plugin works in all of 3.x; 4.0 is to come without it. statsd can do the same now.",
    remedy: "Move to statsd in good time.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-rate-limiting-default",
    title: "Rate limiting counts per node where no policy is written",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    applies: { topology: ["traditional"] },
    when: {
      any: [
        {
          kind: "file_plugin",
          name: "/^(rate-limiting|response-ratelimiting)$/",
          path: "config.policy",
          predicate: "not_set",
        },
        { kind: "file_plugin", name: "rate-limiting-advanced", path: "config.strategy", predicate: "not_set" },
      ],
    },
    effect:
      "The default was cluster and is local now. The next sync of the file switches the instance to local: every node counts for itself, so clients get the limit once per node.",
    byMigration: "Rows in the database keep their policy until something writes them anew.",
    remedy:
      "Write config.policy (rate-limiting-advanced: config.strategy) into files and scripts; cluster keeps what you have.",
    note: "Nodes without a database and control planes used local before.",
    sources: [
      "Kong/kong@3.0.0 CHANGELOG.md",
      "Kong/kong@3.0.2 kong/plugins/{rate-limiting,response-ratelimiting}/schema.lua",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-syslog-facility",
    title: "syslog: facility may not be empty, user is its default",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: { kind: "plugin", name: "syslog", path: "config.facility", predicate: "not_set" },
    effect:
      "Entries should go to the facility user as before, but the value is now taken from the configuration: a stored empty one is not replaced by the code any more, and writing null is refused.",
    remedy: "Set config.facility, and check after the upgrade that the syslog daemon still files the entries.",
    note: "2.8.5 falls back to user at run time, 3.0.2 does not (source of both handlers). Whether a stored null is filled with the default was not seen running.",
    sources: [
      "Kong/kong@3.0.0 CHANGELOG.md",
      "Kong/kong@2.8.5 kong/plugins/syslog/handler.lua",
      "Kong/kong@3.0.2 kong/plugins/syslog/{handler,schema}.lua",
    ],
  },
  {
    id: "30-hmac-old-signature",
    title: "hmac-auth: the signature over the bare path is not accepted any more",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "plugin", name: "hmac-auth" },
        {
          kind: "manual",
          question: "Do clients of hmac-auth sign the request line with the path alone, without the query string?",
        },
      ],
    },
    effect: "Clients that still build the signature that way get 401 or 403.",
    remedy: "Let clients sign the whole request target, with the query string.",
    sources: [
      "Kong/kong@3.0.0 CHANGELOG.md",
      "Kong/kong@2.8.5 kong/plugins/hmac-auth/access.lua",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0",
    ],
  },
  {
    id: "30-collector-removed",
    title: "The plugin collector is gone",
    since: "3.0",
    edition: "enterprise",
    area: "plugin",
    severity: "stops_start",
    when: { kind: "plugin", name: "collector" },
    effect: "The node does not start: there are instances of a plugin that is not installed.",
    remedy: "Delete the instances, and take collector out of the setting plugins, before the upgrade.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0"],
  },
  {
    id: "30-plugin-versions",
    title: "Bundled plugins carry the version of Kong",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "info",
    when: {
      any: [
        { kind: "client", predicate: "matches", value: "available_on_server[^\\n]*\\bversion\\b" },
        {
          kind: "manual",
          question: "Do scripts or reports compare the versions of bundled plugins?",
          answeredBy: "scripts",
        },
      ],
    },
    effect:
      "The Admin API tells 3.0.0 for every bundled plugin; scripts that look for a plugin's own number find none.",
    remedy: "Let such scripts compare the version of Kong.",
    sources: [
      "Kong/kong@3.0.0 CHANGELOG.md",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-credential-username",
    title: "The header X-Credential-Username is not set any more",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          kind: "source",
          files: "**/*.lua",
          predicate: "matches",
          value: "CREDENTIAL_USERNAME|[Xx]-[Cc]redential-[Uu]sername|x_credential_username",
        },
        {
          kind: "plugin",
          name: "*",
          path: "config.*",
          predicate: "matches",
          value: "(?i)x[-_]credential[-_]username|CREDENTIAL_USERNAME",
        },
        {
          all: [
            { kind: "plugin", name: "/^(basic-auth|hmac-auth|ldap-auth)$/" },
            { kind: "manual", question: "Do upstream services read the request header X-Credential-Username?" },
          ],
        },
      ],
    },
    effect:
      "Plugins and upstream services that read the header get nothing; own Lua code that uses the constant CREDENTIAL_USERNAME works with nil and can fail.",
    remedy: "Read X-Credential-Identifier (CREDENTIAL_IDENTIFIER), which 2.1 and later set as well.",
    note: "In 2.8.5 basic-auth, hmac-auth and ldap-auth set it.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@2.8.5 kong/plugins/{basic-auth,hmac-auth,ldap-auth}/access.lua",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
];
