import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin30BehaviourExamples: readonly Example[] = [
  {
    hazard: "30-statsd-advanced",
    hits: { plugins: [{ name: "statsd-advanced", config: { host: "statsd.example.com" } }] },
    evidence: ["statsd-advanced"],
    misses: { plugins: [{ name: "statsd", config: { host: "statsd.example.com" } }] },
  },
  {
    hazard: "30-rate-limiting-default",
    hits: {
      deployment: { topology: "traditional" },
      files: { plugin: [{ name: "rate-limiting", config: { minute: 60 } }] },
    },
    evidence: ["rate-limiting", "config.policy"],
    misses: {
      deployment: { topology: "traditional" },
      plugins: [{ name: "rate-limiting", config: { minute: 60, policy: "cluster" } }],
      files: { plugin: [{ name: "rate-limiting", config: { minute: 60, policy: "cluster" } }] },
    },
  },
  {
    hazard: "30-syslog-facility",
    hits: { plugins: [{ name: "syslog", config: { log_level: "info", facility: null } }] },
    evidence: ["syslog", "config.facility"],
    misses: { plugins: [{ name: "syslog", config: { log_level: "info", facility: "local0" } }] },
  },
  {
    hazard: "30-hmac-old-signature",
    hits: { plugins: [{ name: "hmac-auth", config: { enforce_headers: ["request-line"] } }] },
    misses: { plugins: [{ name: "key-auth", config: {} }] },
    missesHop: { from: "3.4.2", to: "3.5.0" },
  },
  {
    hazard: "30-collector-removed",
    hits: { plugins: [{ name: "collector", config: {} }] },
    evidence: ["collector"],
    misses: { plugins: [{ name: "http-log", config: {} }] },
  },
  {
    hazard: "30-plugin-versions",
    hits: { scripts: "curl -s :8001/ | jq -e '.plugins.available_on_server.acl.version == \"3.0.1\"'\n" },
    evidence: ["available_on_server"],
    misses: { scripts: "curl -s :8001/ | jq -e '.plugins.available_on_server.acl'\n" },
  },
  {
    hazard: "30-credential-username",
    hits: {
      plugins: [
        {
          name: "request-transformer",
          config: { add: { headers: ["X-User:$(headers['x-credential-username'])"] } },
        },
      ],
      lua: {},
    },
    evidence: ["request-transformer", "config.add.headers"],
    misses: {
      plugins: [
        { name: "request-transformer", config: { add: { headers: ["X-User:$(headers['x-credential-identifier'])"] } } },
        { name: "cors", config: {} },
      ],
      lua: { "audit/handler.lua": 'kong.request.get_header("X-Credential-Identifier")' },
    },
  },
];
