import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin30FieldExamples: readonly Example[] = [
  {
    hazard: "30-blacklist-whitelist-removed",
    hits: { files: { plugin: [{ name: "ip-restriction", config: { blacklist: ["10.0.0.0/8"] } }] }, scripts: "" },
    evidence: ["ip-restriction", "config.blacklist"],
    misses: {
      files: { plugin: [{ name: "ip-restriction", config: { deny: ["10.0.0.0/8"] } }] },
      scripts: "curl -X POST localhost:8001/plugins -d name=acl -d config.allow=staff",
    },
  },
  {
    hazard: "30-acme-auth-method",
    hits: {
      plugins: [{ name: "acme", config: { storage: "vault", storage_config: { vault: { auth_method: null } } } }],
    },
    evidence: ["acme", "config.storage_config.vault.auth_method"],
    misses: {
      plugins: [
        { name: "acme", config: { storage: "vault", storage_config: { vault: { auth_method: "kubernetes" } } } },
        { name: "acme", config: { storage: "redis", storage_config: { vault: { auth_method: null } } } },
      ],
    },
  },
  {
    hazard: "30-acme-any-domain",
    hits: { plugins: [{ name: "acme", config: { account_email: "ops@example.com", domains: null } }] },
    evidence: ["acme", "config.domains"],
    misses: { plugins: [{ name: "acme", config: { account_email: "ops@example.com", domains: ["example.com"] } }] },
  },
  {
    hazard: "30-lambda-region",
    hits: {
      plugins: [
        { name: "aws-lambda", on: { route: "thumbnails" }, config: { host: "lambda.internal", aws_region: null } },
      ],
      environmentNames: ["PATH"],
    },
    evidence: ["aws-lambda", "config.aws_region"],
    misses: {
      plugins: [{ name: "aws-lambda", config: { host: "lambda.internal", aws_region: null } }],
      environmentNames: ["PATH", "AWS_REGION"],
    },
  },
  {
    hazard: "30-lambda-host-and-region",
    hits: { plugins: [{ name: "aws-lambda", config: { host: "lambda.internal" } }] },
    evidence: ["aws-lambda", "config.host", "lambda.internal"],
    misses: { plugins: [{ name: "aws-lambda", config: { host: null, aws_region: "eu-central-1" } }] },
  },
  {
    hazard: "30-lambda-proxy-scheme-removed",
    hits: { files: { plugin: [{ name: "aws-lambda", config: { proxy_scheme: "http" } }] } },
    evidence: ["aws-lambda", "config.proxy_scheme", "http"],
    misses: { files: { plugin: [{ name: "aws-lambda", config: { proxy_url: "http://proxy.example.com:3128" } }] } },
  },
  {
    hazard: "30-lambda-upstream-uri",
    hits: { plugins: [{ name: "aws-lambda", config: { awsgateway_compatible: true } }] },
    evidence: ["aws-lambda", "config.awsgateway_compatible"],
    misses: { plugins: [{ name: "aws-lambda", config: { awsgateway_compatible: false, forward_request_uri: true } }] },
  },
  {
    hazard: "30-http-log-headers",
    hits: {
      plugins: [
        {
          name: "http-log",
          config: { http_endpoint: "https://logs.example.com", headers: { "X-Team": ["payments", "orders"] } },
        },
      ],
    },
    evidence: ["http-log", "config.headers.X-Team"],
    misses: {
      plugins: [
        {
          name: "http-log",
          config: { http_endpoint: "https://logs.example.com", headers: { "X-Team": "payments, orders" } },
        },
      ],
    },
  },
  {
    hazard: "30-serverless-functions",
    hits: {
      plugins: [{ name: "post-function", config: { functions: ['kong.response.set_header("X-A", "1")'], access: [] } }],
    },
    evidence: ["post-function", "config.functions"],
    misses: {
      plugins: [{ name: "post-function", config: { functions: [], access: ['kong.response.set_header("X-A", "1")'] } }],
      files: { plugin: [{ name: "post-function", config: { access: ['kong.response.set_header("X-A", "1")'] } }] },
    },
  },
];
