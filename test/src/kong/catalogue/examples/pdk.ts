import type { Example } from "#test/src/kong/catalogue/example.ts";

/** A custom plugin with one line of code in its access phase, and no Lua in the configuration. */
const handler = (code: string) => ({
  plugins: [],
  lua: {
    "acme-audit/handler.lua": `local Audit = { PRIORITY = 5, VERSION = "1.0.0" }
function Audit:access(conf)
  ${code}
end
return Audit
`,
  },
});
const harmless = handler('kong.log.info(kong.request.get_raw_path(), kong.response.get_header("Transfer-Encoding"))');

export const pdkExamples: readonly Example[] = [
  {
    hazard: "30-get-path",
    hits: handler("local path = kong.request.get_path()"),
    evidence: ["acme-audit/handler.lua", "kong.request.get_path()"],
    misses: harmless,
  },
  {
    hazard: "30-transfer-encoding",
    hits: {
      ...handler('kong.response.set_header("Transfer-Encoding", "chunked")'),
      plugins: [
        {
          name: "pre-function",
          config: { access: ['kong.response.exit(200, "", { ["Transfer-Encoding"] = "chunked" })'] },
        },
      ],
    },
    evidence: ["acme-audit/handler.lua", "Transfer-Encoding", "pre-function"],
    misses: harmless,
  },
  {
    hazard: "30-pdk-versioned",
    hits: handler("if kong.pdk_major_version < 2 then return end"),
    evidence: ["acme-audit/handler.lua", "kong.pdk_major_version"],
    misses: handler("if kong.version_num < 3000000 then return end"),
  },
  {
    hazard: "any-plugin-server-code",
    hits: { customPlugins: [{ name: "acme-go", language: "Go", sources: [{ file: "acme-go/main.go", text: "" }] }] },
    evidence: ["acme-go/main.go", "language = Go"],
    misses: handler("return"),
  },
  {
    hazard: "30-js-python-bytes",
    hits: {
      lua: {
        "acme-js/body.js": "async access(kong) {\n  const body = await kong.request.getRawBody()\n}\n",
      },
    },
    evidence: ["acme-js/body.js", "getRawBody"],
    misses: { lua: { "acme-js/body.js": "async access(kong) {\n  await kong.log.info('seen')\n}\n" } },
  },
  {
    hazard: "30-balancer-address",
    hits: handler("local tries = ngx.ctx.balancer_address.tries"),
    evidence: ["acme-audit/handler.lua", "balancer_address"],
    misses: handler("local tries = ngx.ctx.balancer_data.tries"),
  },
  {
    hazard: "30-response-source",
    hits: { lua: {}, plugins: [{ name: "post-function", config: { log: ["return kong.response.get_source()"] } }] },
    evidence: ["post-function", "get_source"],
    misses: harmless,
  },
  {
    hazard: "33-uri-captures",
    hits: handler("local captures = kong.request.get_uri_captures()"),
    evidence: ["acme-audit/handler.lua", "get_uri_captures"],
    misses: { ...harmless, plugins: [{ name: "request-termination", config: { echo: false } }] },
  },
  {
    hazard: "310-clear-query-arg",
    from: "3.9.1.2",
    to: "3.10.0.2",
    hits: handler('kong.service.request.clear_query_arg("debug")'),
    evidence: ["acme-audit/handler.lua", "clear_query_arg"],
    misses: handler('kong.service.request.set_raw_query("a=b")'),
  },
  {
    hazard: "313-response-exit",
    from: "3.12.0.0",
    to: "3.13.0.0",
    hits: {
      lua: {
        "acme-audit/handler.lua": `local Audit = { PRIORITY = 5, VERSION = "1.0.0" }
function Audit:header_filter(conf)
  kong.response.exit(204)
end
return Audit
`,
      },
    },
    evidence: ["acme-audit/handler.lua", "kong.response.exit"],
    misses: handler("return kong.response.exit(204)"),
  },
];
