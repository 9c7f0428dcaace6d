import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { allowDenyFixes } from "./plugin-2-1-to-2-8.ts";

const withLists = "/^(acl|bot-detection|ip-restriction)$/";
const serverless = "/^(pre|post)-function$/";

/** Fields of bundled plugins that 3.0 removed, renamed or reads otherwise. */
export const plugin30FieldHazards: readonly Hazard[] = [
  {
    id: "30-blacklist-whitelist-removed",
    title: "whitelist and blacklist are gone from acl, bot-detection and ip-restriction",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "plugin", name: withLists, path: "config.whitelist", predicate: "is_set" },
        { kind: "plugin", name: withLists, path: "config.blacklist", predicate: "is_set" },
        { kind: "client", predicate: "matches", value: "config\\.(black|white)list|[\"'](black|white)list[\"']" },
      ],
    },
    effect:
      "Files and scripts with the old names are refused as unknown fields: a sync stops, and a DB-less node does not take the file. A list that exists only under the old name in the database is not read and does not protect.",
    byMigration: "Database rows were converted when 2.1 was installed; what is left over is ignored.",
    remedy: "Check that allow and deny hold the same lists, and change files and scripts to allow and deny.",
    note: "One later page calls the new fields denylist and allowlist; the schemas say deny and allow.",
    fixes: allowDenyFixes,
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@3.0.0 kong/plugins/{acl,bot-detection,ip-restriction}/schema.lua",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-acme-auth-method",
    title: "acme: storage_config.vault.auth_method is token by default, and only token or kubernetes",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: {
      any: [
        {
          all: [
            { kind: "plugin", name: "acme", path: "config.storage", predicate: "equals", value: "vault" },
            { kind: "plugin", name: "acme", path: "config.storage_config.vault.auth_method", predicate: "not_set" },
          ],
        },
        {
          kind: "plugin",
          name: "acme",
          path: "config.storage_config.vault.auth_method",
          predicate: "matches",
          value: "^(?!(token|kubernetes)$)",
        },
      ],
    },
    effect:
      "An instance that is stored keeps an empty auth_method, while the same one written anew gets token, so files and database differ after the next sync. Any other value is refused.",
    byMigration: "Nothing: an empty value stays empty.",
    remedy: "Set storage_config.vault.auth_method to token or kubernetes.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong/kong@3.0.2 kong/plugins/acme/schema.lua",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-acme-any-domain",
    title: "acme: the new field allow_any_domain is off",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "info",
    when: { kind: "plugin", name: "acme", path: "config.domains", predicate: "empty" },
    effect: "Nothing changes: an instance without domains orders no certificate, neither before nor after.",
    byMigration: "Nothing that touches this; acme 001_280_to_300 only adds an index.",
    remedy: "List the domains. Set allow_any_domain only where every host may get a certificate.",
    sources: ["Kong/kong@3.0.0 CHANGELOG.md", "Kong/kong@3.0.2 kong/plugins/acme/handler.lua"],
  },
  {
    id: "30-lambda-region",
    title: "aws-lambda needs a region",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          all: [
            { kind: "plugin", name: "aws-lambda", path: "config.aws_region", predicate: "not_set" },
            { kind: "conf", key: "AWS_REGION", predicate: "env_absent" },
            { kind: "conf", key: "AWS_DEFAULT_REGION", predicate: "env_absent" },
          ],
        },
        {
          all: [
            { kind: "plugin", name: "aws-lambda", path: "config.aws_region", predicate: "not_set" },
            {
              kind: "manual",
              question: "Is there a node without AWS_REGION and AWS_DEFAULT_REGION in its environment?",
              answeredBy: "environment",
            },
          ],
        },
      ],
    },
    effect:
      'Requests through this plugin get 500 with "no region specified" in the log, also where a custom host is set: 2.x did not allow both, so such instances have no region.',
    remedy:
      "Set config.aws_region after the upgrade (2.8 refuses it beside host), or AWS_REGION on every node, and let nginx see it.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@3.0.0 kong/plugins/aws-lambda/handler.lua",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-lambda-host-and-region",
    title: "aws-lambda: requests to a custom host are always signed for the region",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: { kind: "plugin", name: "aws-lambda", path: "config.host", predicate: "is_set" },
    effect: "The custom host gets requests signed with AWS SigV4; one that does not accept this answers with an error.",
    remedy: "Test the host with a signed request. host and aws_region may now be set together.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-lambda-proxy-scheme-removed",
    title: "aws-lambda: proxy_scheme is gone",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: { kind: "plugin", name: "aws-lambda", path: "config.proxy_scheme", predicate: "is_set" },
    effect:
      "Files and scripts that write the field are refused as an unknown field: a sync stops, and a DB-less node does not take the file. What the database holds is ignored.",
    remedy: "Drop the field.",
    fixes: [{ kind: "remove_field", plugin: "aws-lambda", field: "config.proxy_scheme" }],
    sources: [
      "Kong/kong@3.0.0 CHANGELOG.md",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0",
    ],
  },
  {
    id: "30-lambda-upstream-uri",
    title: "aws-lambda: the function is told the upstream path instead of the requested one",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: {
      kind: "plugin",
      name: "aws-lambda",
      path: "config.awsgateway_compatible",
      predicate: "equals",
      value: true,
    },
    effect:
      "The field path of the event holds the path after strip_path, the service's own path and request-transformer; a function that routes by the path of the client takes another branch.",
    remedy: "Test functions that read path, above all on routes with strip_path or request-transformer.",
    note: "forward_request_uri still sends the path of the client (source of 3.0.2).",
    sources: ["Kong/kong@3.0.0 CHANGELOG.md", "Kong/kong@3.0.2 kong/plugins/aws-lambda/aws-serializer.lua"],
  },
  {
    id: "30-http-log-headers",
    title: "http-log: a header takes one text, not a list",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: { kind: "plugin", name: "http-log", path: "config.headers.*", predicate: "is_array" },
    effect:
      "Files and scripts with lists are refused, and between `up` and `finish` the rows still hold lists, which the new schema does not expect.",
    byMigration: "`finish` joins several values with a comma and drops empty lists.",
    remedy:
      "Keep the time between `up` and `finish` short; write one text per header into files and scripts, several values joined with a comma and a blank.",
    fixes: [{ kind: "join_list", plugin: "http-log", field: "config.headers.*" }],
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@3.0.0 kong/plugins/http-log/migrations/001_280_to_300.lua",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-serverless-functions",
    title: "pre-function and post-function: config.functions is gone",
    since: "3.0",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "plugin", name: serverless, path: "config.functions", predicate: "length_gt", value: 0 },
        { kind: "file_plugin", name: serverless, path: "config.functions", predicate: "is_set" },
      ],
    },
    effect:
      "The new version runs config.access and the other phases only; scripts and files that write config.functions are refused.",
    byMigration: "`up` copies functions to access, `finish` removes functions.",
    remedy: "Change files and scripts to config.access; check that access was empty before.",
    fixes: ["pre-function", "post-function"].map((plugin) => ({
      kind: "rename_field",
      plugin,
      from: "config.functions",
      to: "config.access",
    })),
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@3.0.0 kong/plugins/pre-function/migrations/_001_280_to_300.lua",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
];
