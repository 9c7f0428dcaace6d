import type { Example } from "#test/src/kong/catalogue/example.ts";

export const nginxTemplate36To310Examples: readonly Example[] = [
  { hazard: "36-duplicate-cl-te", hits: {}, misses: {}, missesHop: { from: "3.6.1", to: "3.9.3" } },
  {
    hazard: "38-sockets-dir",
    hits: { template: "server {\n  listen unix:${{PREFIX}}/worker_events.sock;\n}\n", scripts: "" },
    evidence: ["nginx.template", "worker_events.sock"],
    misses: {
      template: "server {\n  listen unix:${{SOCKET_PATH}}/worker_events.sock;\n}\n",
      scripts: "test -S /usr/local/kong/sockets/worker_events.sock\n",
    },
  },
  { hazard: "38-via-header", hits: {}, misses: {}, missesHop: { from: "3.8.1", to: "3.9.3" } },
  {
    hazard: "39-ssl-client-hello",
    hits: { template: "server {\n  ssl_certificate_by_lua_block {\n    Kong.ssl_certificate()\n  }\n}\n" },
    evidence: ["nginx.template"],
    misses: {
      template:
        "server {\n  ssl_certificate_by_lua_block { Kong.ssl_certificate() }\n  ssl_client_hello_by_lua_block { Kong.ssl_client_hello() }\n}\n",
    },
  },
  {
    hazard: "310-connection-pool",
    from: "3.9.1.2",
    to: "3.10.0.1",
    hits: {},
    misses: {},
    missesHop: { from: "3.9.1.2", to: "3.10.0.2" },
  },
];
