import type { Example } from "#test/src/kong/catalogue/example.ts";

const upstream = (targets: readonly Readonly<Record<string, unknown>>[]): Example["hits"] => ({
  entities: { upstream: [{ name: "orders", targets }] },
});

export const adminApi22To34Examples: readonly Example[] = [
  {
    hazard: "22-clustering-status-deprecated",
    hits: { scripts: "curl -s http://cp:8001/clustering/status\n" },
    evidence: ["deploy.sh", "/clustering/status"],
    misses: { scripts: "curl -s http://cp:8001/clustering/data-planes\n" },
  },
  {
    hazard: "22-duplicate-targets",
    hits: upstream([
      { target: "10.0.0.1:80", weight: 100 },
      { target: "10.0.0.1:80", weight: 0 },
    ]),
    evidence: ["orders", "10.0.0.1:80"],
    misses: upstream([{ target: "10.0.0.1:80" }, { target: "10.0.0.1:81" }]),
  },
  {
    hazard: "30-tags-spaces",
    hits: { scripts: "for tag in $(jq -r '.tags | join(\" \")' service.json); do echo $tag; done\n" },
    evidence: ["deploy.sh"],
    misses: { scripts: "docker pull kong:2.8.5\n" },
  },
  {
    hazard: "30-vitals-reports",
    from: "2.8.4.14",
    to: "3.0.1.0",
    hits: { scripts: "curl -s http://kong:8001/vitals/reports/consumer?interval=days\n" },
    evidence: ["/vitals/reports"],
    misses: { scripts: "curl -s http://kong:8001/default/vitals/nodes\n" },
  },
  {
    hazard: "30-targets-post",
    hits: { scripts: "curl -X POST http://kong:8001/upstreams/orders/targets -d target=10.0.0.1:80 -d weight=0\n" },
    evidence: ["deploy.sh", "/targets"],
    misses: {
      scripts: "curl -X PUT http://kong:8001/upstreams/orders/targets/10.0.0.1:80 --data weight=0\n",
      ...upstream([{ target: "10.0.0.1:80", weight: 100 }]),
    },
  },
  {
    hazard: "30-available-on-server",
    hits: { scripts: "curl -s http://kong:8001/ | jq '.plugins.available_on_server.cors == true'\n" },
    evidence: ["available_on_server"],
    misses: { scripts: "curl -s http://kong:8001/ | jq .plugins.enabled_in_cluster\n" },
  },
  {
    hazard: "31-non-normalised-paths",
    hits: { routes: [{ name: "shop", paths: ["/shop//items"] }] },
    evidence: ["shop", "/shop//items"],
    misses: { routes: [{ name: "shop", paths: ["/shop/items", "~/shop//\\d+"] }] },
  },
  {
    hazard: "31-args-1000",
    hits: { scripts: "curl -X PATCH http://kong:8001/plugins/1 --data @fields.txt\n" },
    evidence: ["fields.txt"],
    misses: { scripts: "deck gateway sync kong.yml\n" },
  },
  {
    hazard: "31-target-weight-0",
    hits: upstream([
      { target: "10.0.0.1:80", weight: 100 },
      { target: "10.0.0.9:80", weight: 0 },
    ]),
    evidence: ["orders", "targets[1].weight"],
    misses: upstream([{ target: "10.0.0.1:80", weight: 1 }]),
  },
  {
    hazard: "34-updated-at",
    hits: { scripts: "jq '.data[].updated_at' consumers.json\n" },
    evidence: ["updated_at"],
    misses: { scripts: "jq '.data[].created_at' consumers.json\n" },
  },
  {
    hazard: "34-consumer-group-overrides",
    from: "3.3.1.1",
    to: "3.4.3.29",
    hits: { scripts: "curl -X POST http://kong:8001/consumer_groups/gold/overrides/plugins/rate-limiting-advanced\n" },
    evidence: ["/consumer_groups/gold/overrides"],
    misses: {
      scripts: "curl -s http://kong:8001/consumer_groups/gold\n",
      plugins: [{ name: "rate-limiting-advanced", config: { enforce_consumer_groups: false } }],
    },
  },
  {
    hazard: "34-status-database",
    hits: {
      deployment: { topology: "hybrid" },
      scripts: "curl -s http://dp:8100/status | jq -e .database.reachable\n",
    },
    evidence: [".database.reachable"],
    misses: {
      deployment: { topology: "traditional" },
      scripts: "curl -s http://kong:8100/status | jq -e .database.reachable\n",
    },
  },
  {
    hazard: "34-rbac-self",
    from: "3.4.3.1",
    to: "3.4.3.29",
    hits: { scripts: "http PUT :8001/rbac/users/me/roles roles=super-admin\n" },
    evidence: ["/rbac/users/me/roles"],
    misses: { scripts: "http :8001/rbac/users/me\n" },
  },
];
