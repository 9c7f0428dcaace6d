import type { Example } from "#test/src/kong/catalogue/example.ts";

const template28 = `http {
  lua_shared_dict kong_process_events 5m;
  lua_shared_dict kong_core_db_cache 128m;
  init_worker_by_lua_block {
    Kong.init_worker()
  }
  server {
    error_page 400 404 405 408 411 412 413 414 417 494 /kong_error_handler;
  }
}
`;
const template34 = `http {
  include 'nginx-kong-inject.conf';
  lua_shared_dict kong_secrets 5m;
  init_worker_by_lua_block {
    Kong.init_worker()
  }
  server {
    error_page 400 404 405 408 411 412 413 414 417 494 /kong_error_handler;
    listen unix:\${{PREFIX}}/worker_events.sock;
  }
}
`;
const adminWith = (call: string): string => `server {
  location / {
    content_by_lua_block {
      ${call}
    }
  }
}
`;

const withCharset = (line: string): string => `http {
${line}  > for _, el in ipairs(nginx_http_directives) do
  $(el.name) $(el.value);
  > end
  server {
    charset_types text/html;
  }
}
`;

export const nginxTemplate21To35Examples: readonly Example[] = [
  {
    hazard: "21-keepalive-wrong-response",
    from: "2.0.5",
    to: "2.1.1",
    hits: {},
    misses: {},
    missesHop: { from: "2.0.5", to: "2.1.4" },
  },
  {
    hazard: "24-openresty-119",
    hits: { template: template28.replace("404 405 408", "404 408") },
    evidence: ["nginx.template"],
    misses: { template: template28 },
  },
  {
    hazard: "30-opentracing",
    hits: { conf: { nginx_main_load_module: "/usr/lib/ngx_http_opentracing_module.so" }, template: template28 },
    evidence: ["nginx_main_load_module"],
    misses: { conf: { nginx_main_worker_processes: "2" }, template: template28 },
  },
  {
    hazard: "30-custom-template",
    hits: { conf: {}, template: template28 },
    evidence: ["nginx.template"],
    misses: { conf: { database: "postgres" }, template: template34, scripts: "kong start -c /etc/kong/kong.conf\n" },
  },
  {
    hazard: "30-serve-admin-api",
    hits: { template: adminWith("Kong.serve_admin_api()") },
    evidence: ["nginx.template", "serve_admin_api"],
    misses: { template: adminWith("Kong.admin_content()") },
  },
  {
    hazard: "31-trace-body",
    hits: { scripts: "curl -s -X TRACE https://api.acme.io/ | grep 'responded with 405'\n" },
    evidence: ["TRACE"],
    misses: { scripts: "curl -s -X GET https://api.acme.io/trace\n" },
  },
  {
    hazard: "31-wrpc-listener",
    hits: { deployment: { topology: "hybrid" }, template: adminWith("Kong.serve_wrpc_listener()") },
    evidence: ["nginx.template", "serve_wrpc_listener"],
    misses: { deployment: { topology: "hybrid" }, template: adminWith("Kong.serve_cluster_listener()") },
  },
  {
    hazard: "32-charset",
    hits: { template: withCharset("  charset UTF-8;\n") },
    evidence: ["nginx.template", "charset UTF-8"],
    misses: { template: withCharset("") },
  },
  {
    hazard: "33-worker-events",
    hits: { template: template28 },
    evidence: ["nginx.template", "kong_process_events"],
    misses: { template: template34 },
  },
  {
    hazard: "34-nginx-includes",
    hits: { conf: { database: "postgres" }, template: template28 },
    evidence: ["nginx.template"],
    misses: { conf: { database: "off" }, template: template34 },
  },
  {
    hazard: "35-request-id",
    hits: { conf: { headers: "server_tokens" } },
    evidence: ["headers_upstream"],
    misses: { conf: { headers: "server_tokens", headers_upstream: "off" } },
  },
];
