import { isBundled } from "#src/kong/bundled-plugins.ts";
import { editionOf } from "#src/kong/releases.ts";
import { minorOf } from "#src/kong/version.ts";
import { fieldOf, isRecord, isSet, pluginFields, plugins, pluginText } from "./evidence.ts";
import { whenFound } from "./hazard.ts";
import type { Hazard } from "./hazard.ts";

const breaking30 = "Kong developer docs, breaking changes 3.0; Kong Enterprise LTS 2.8 to 3.4 upgrade guide";

/** Removed, renamed and re-defaulted fields of plugins other than logging queues, sessions and serverless ones. */
export const pluginHazards: readonly Hazard[] = [
  {
    id: "30-whitelist-blacklist",
    since: "3.0",
    severity: "breaks_traffic",
    title: "whitelist and blacklist are gone from acl, bot-detection and ip-restriction",
    effect: "The fields are not read any more: a list that exists only under the old name does not protect.",
    byMigration: "Database rows were converted when 2.1 was installed; what is left over is ignored.",
    remedy: "Check that allow and deny hold the same lists, and change files and scripts to allow and deny.",
    source: `${breaking30}; Kong/kong CHANGELOG 3.0.0`,
    check: whenFound((facts) =>
      pluginFields(facts, ["acl", "bot-detection", "ip-restriction"], ["whitelist", "blacklist"]),
    ),
  },
  {
    id: "30-http-log-headers",
    since: "3.0",
    severity: "breaks_traffic",
    title: "http-log: a header takes one text, not a list",
    effect: "Between `up` and `finish` the rows still hold lists, which the new schema does not expect.",
    byMigration: "`finish` joins several values with a comma and drops empty lists.",
    remedy: "Keep the time between `up` and `finish` short, or join the values before; change files and scripts.",
    source: `${breaking30}; Kong/kong 3.0.0 kong/plugins/http-log/migrations/001_280_to_300.lua`,
    check: whenFound((facts) =>
      plugins(facts, ["http-log"], (plugin) => {
        const headers = fieldOf(plugin.config, "headers");
        const lists = isRecord(headers) ? Object.keys(headers).filter((name) => Array.isArray(headers[name])) : [];
        return lists.length === 0 ? undefined : `config.headers: ${lists.join(", ")}`;
      }),
    ),
  },
  {
    id: "30-lambda-region",
    since: "3.0",
    severity: "breaks_traffic",
    title: "aws-lambda needs a region",
    effect: 'Requests fail with "no region specified" where neither the plugin nor AWS_REGION tells one.',
    remedy: "Set config.aws_region, or AWS_REGION on every node and let nginx see it.",
    source: breaking30,
    check: whenFound((facts) =>
      plugins(facts, ["aws-lambda"], (plugin) =>
        isSet(fieldOf(plugin.config, "aws_region")) ? undefined : "config.aws_region is not set",
      ),
    ),
  },
  {
    id: "30-lambda-fields",
    since: "3.0",
    severity: "changes_behaviour",
    title: "aws-lambda: proxy_scheme is gone, a custom host is signed, Lambda sees the upstream path",
    effect: "Functions that read the request path, and hosts that do not accept signed requests, behave differently.",
    remedy: "Drop proxy_scheme; test functions that read the path and custom hosts.",
    source: "Kong/kong CHANGELOG 3.0.0",
    check: whenFound((facts) =>
      pluginFields(facts, ["aws-lambda"], ["proxy_scheme", "host", "awsgateway_compatible", "forward_request_uri"]),
    ),
  },
  {
    id: "30-acme-vault-auth",
    since: "3.0",
    severity: "changes_behaviour",
    title: "acme: vault auth_method has a default, but not for existing plugins",
    effect: "Existing instances keep an empty value.",
    remedy: "Set storage_config.vault.auth_method to token or kubernetes.",
    source: breaking30,
    check: whenFound((facts) =>
      plugins(facts, ["acme"], (plugin) =>
        fieldOf(plugin.config, "storage") === "vault" &&
        !isSet(fieldOf(plugin.config, "storage_config.vault.auth_method"))
          ? "config.storage_config.vault.auth_method is not set"
          : undefined,
      ),
    ),
  },
  {
    id: "30-credential-username",
    since: "3.0",
    severity: "breaks_traffic",
    title: "The header X-Credential-Username is not set any more",
    effect: "Plugins and upstreams that read it get nothing.",
    remedy: "Read X-Credential-Identifier.",
    source: breaking30,
    check: whenFound((facts) => pluginText(facts, [], /x-credential-username/iu)),
  },
  {
    id: "30-syslog-facility",
    since: "3.0",
    severity: "changes_behaviour",
    title: "syslog: the facility is user by default",
    effect: "Log rules that expect the daemon's own facility do not match.",
    remedy: "Set config.facility.",
    source: "Kong/kong CHANGELOG 3.0.0",
    check: whenFound((facts) =>
      plugins(facts, ["syslog"], (plugin) =>
        isSet(fieldOf(plugin.config, "facility")) ? undefined : "config.facility is not set",
      ),
    ),
  },
  {
    id: "32-proxy-cache-content-type",
    since: "3.2",
    severity: "changes_behaviour",
    title: "proxy-cache: content_type understands wildcards and parameters",
    effect: "Answers that were not cached can be, where a list holds a wildcard or a charset.",
    remedy: "Check config.content_type.",
    source: "Kong/kong CHANGELOG 3.2.0",
    check: whenFound((facts) =>
      plugins(facts, ["proxy-cache"], (plugin) => {
        const types = JSON.stringify(fieldOf(plugin.config, "content_type") ?? []);
        return /[*;]/u.test(types) ? `config.content_type = ${types}` : undefined;
      }),
    ),
  },
  {
    id: "31-request-termination-status",
    since: "3.1",
    severity: "breaks_traffic",
    title: "request-termination: status_code may not be null",
    effect: "The configuration is not valid any more.",
    remedy: "Set config.status_code (503 was the default).",
    source: "Kong/kong CHANGELOG 3.1.0",
    check: whenFound((facts) =>
      plugins(facts, ["request-termination"], (plugin) =>
        fieldOf(plugin.config, "status_code") === null ? "config.status_code is null" : undefined,
      ),
    ),
  },
  {
    id: "32-jwt-two-tokens",
    since: "3.2",
    severity: "breaks_traffic",
    title: "jwt: a request with different tokens in several places is refused",
    effect: "Clients that send one token in the query and another in a header or cookie get 401.",
    remedy: "Make clients send one token.",
    source: "Kong developer docs, breaking changes 3.2",
    check: whenFound((facts) => pluginFields(facts, ["jwt"], ["cookie_names"])),
  },
  {
    id: "32-oauth2-refresh-ttl",
    since: "3.2",
    severity: "breaks_traffic",
    title: "oauth2: refresh_token_ttl may not exceed 100000000",
    effect: "The configuration is not valid any more.",
    remedy: "Lower the value.",
    source: "Kong/kong CHANGELOG 3.2.0",
    check: whenFound((facts) =>
      plugins(facts, ["oauth2"], (plugin) => {
        const ttl = fieldOf(plugin.config, "refresh_token_ttl");
        return typeof ttl === "number" && ttl > 100_000_000 ? `config.refresh_token_ttl = ${ttl}` : undefined;
      }),
    ),
  },
  {
    id: "34-referenceable-fields",
    since: "3.4",
    fixedIn: "3.5",
    severity: "breaks_traffic",
    title: "Vault references in http_endpoint and endpoint are not resolved",
    effect: "http-log and opentelemetry send to a literal {vault://…} address in 3.4.",
    remedy: "Write the address itself.",
    source: "Kong developer docs, breaking changes 3.4, known issues",
    check: whenFound((facts) => pluginText(facts, ["http-log", "opentelemetry"], /^\{vault:\/\//u)),
  },
  {
    id: "36-redis-fields",
    since: "3.6",
    severity: "deprecation",
    title: "Redis fields moved below config.redis",
    effect: "The old names still work, but tools that read them back find the new ones.",
    byMigration: "Database rows are rewritten.",
    remedy: "Use config.redis.* in files and scripts.",
    source: "Kong developer docs, breaking changes 3.6",
    check: whenFound((facts) =>
      pluginFields(
        facts,
        ["rate-limiting", "response-ratelimiting"],
        ["redis_host", "redis_username", "redis_password"],
      ),
    ),
  },
  {
    id: "36-azure-functions",
    since: "3.6",
    severity: "breaks_traffic",
    title: "azure-functions builds the path from routeprefix only",
    effect: "Functions are called under another path.",
    remedy: "Check routeprefix and functionname on a test route.",
    source: "Kong developer docs, breaking changes 3.6",
    check: whenFound((facts) => plugins(facts, ["azure-functions"], () => "in use")),
  },
  {
    id: "38-correlation-generator",
    since: "3.8",
    severity: "breaks_traffic",
    title: "correlation-id: generator may not be null",
    effect: "The configuration is not valid any more.",
    remedy: "Set config.generator (uuid#counter was the default).",
    source: "Kong/kong CHANGELOG 3.8.0",
    check: whenFound((facts) =>
      plugins(facts, ["correlation-id"], (plugin) =>
        fieldOf(plugin.config, "generator") === null ? "config.generator is null" : undefined,
      ),
    ),
  },
  {
    id: "any-custom-plugin",
    since: "any",
    severity: "stops_start",
    title: "Plugins that Kong does not ship",
    effect:
      "A plugin without a build for the new version, or with removed functions of the PDK, stops the start or fails at run time.",
    remedy: "Install a build made for the new version on every node before it starts, and test it.",
    source: "Kong developer docs, upgrade reference, custom plugins; Kong/kong kong/constants.lua",
    check: whenFound((facts, { from }) =>
      plugins(facts, [], (plugin) =>
        isBundled(plugin.name, from, editionOf(from)) ? undefined : `not bundled with Kong ${minorOf(from)}`,
      ),
    ),
  },
];
