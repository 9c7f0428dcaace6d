import { seedId, seededAt } from "./row.ts";
import type { Row } from "./row.ts";

const services = ["orders", "users", "catalog", "payments", "files", "legacy"] as const;

/** Name of the one upstream with targets; the service `catalog` uses it as its host. */
const catalogUpstream = "catalog.upstream.internal";

/** Id of a seeded service. */
export function serviceId(name: (typeof services)[number]): string {
  return seedId("service", services.indexOf(name) + 1);
}

export const seededUpstreams: readonly Row[] = [
  {
    id: seedId("upstream", 1),
    created_at: seededAt,
    name: catalogUpstream,
    hash_on: "none",
    hash_fallback: "none",
    hash_on_cookie_path: "/",
    slots: 10_000,
    algorithm: "round-robin",
    healthchecks: {
      threshold: 0,
      active: {
        type: "http",
        timeout: 1,
        concurrency: 10,
        http_path: "/",
        healthy: { interval: 0 },
        unhealthy: { interval: 0 },
      },
      passive: {
        type: "http",
        healthy: { successes: 0 },
        unhealthy: { http_failures: 0, tcp_failures: 0, timeouts: 0 },
      },
    },
    tags: ["practice"],
  },
];

/** Two rows for one address, as 2.8 allowed: `migrations finish` of 3.0 deletes the older one. */
export function seededTargets(upstream: { readonly host: string; readonly port: number }): readonly Row[] {
  const target = `${upstream.host}:${upstream.port}`;
  return [
    {
      id: seedId("target", 1),
      created_at: "2023-01-01T00:00:00Z",
      upstream_id: seedId("upstream", 1),
      target,
      weight: 50,
      tags: null,
    },
    {
      id: seedId("target", 2),
      created_at: seededAt,
      upstream_id: seedId("upstream", 1),
      target,
      weight: 100,
      tags: null,
    },
  ];
}

export function seededServices(upstream: { readonly host: string; readonly port: number }): readonly Row[] {
  return services.map((name) => ({
    id: serviceId(name),
    created_at: seededAt,
    updated_at: seededAt,
    name,
    retries: 5,
    protocol: "http",
    host: name === "catalog" ? catalogUpstream : upstream.host,
    port: name === "catalog" ? 80 : upstream.port,
    path: name === "legacy" ? "/v1/" : null,
    connect_timeout: 60_000,
    write_timeout: 60_000,
    read_timeout: 60_000,
    tags: ["practice", `team-${name}`],
    enabled: true,
  }));
}

interface RouteSeed {
  readonly name: string;
  readonly service: (typeof services)[number];
  readonly paths: readonly string[];
  readonly methods?: readonly string[];
  readonly hosts?: readonly string[];
  readonly pathHandling?: "v0" | "v1";
  readonly regexPriority?: number;
  readonly keepsPath?: boolean;
}

const routes: readonly RouteSeed[] = [
  { name: "orders-plain", service: "orders", paths: ["/orders"] },
  { name: "orders-history", service: "orders", paths: ["/orders/\\d+/history$"], keepsPath: true },
  { name: "users-regex", service: "users", paths: ["/users/\\d+/profile$", "/users-v2"] },
  { name: "users-by-name", service: "users", paths: ["/users/(?<name>[a-z]+)/settings"], regexPriority: 10 },
  { name: "catalog-plain", service: "catalog", paths: ["/catalog"] },
  { name: "catalog-items", service: "catalog", paths: ["/catalog/[a-z-]+/items"], keepsPath: true },
  { name: "payments", service: "payments", paths: ["/payments"], methods: ["GET", "POST"] },
  { name: "payments-internal", service: "payments", paths: ["/internal"], hosts: ["internal.practice.example"] },
  { name: "files-accents", service: "files", paths: ["/files/caf%c3%a9"] },
  { name: "files-reports", service: "files", paths: ["/files/%7Ereports", "/files/my%20report"] },
  { name: "legacy-v1", service: "legacy", paths: ["/legacy/"], pathHandling: "v1" },
  { name: "legacy-partners", service: "legacy", paths: ["/partners"] },
];

/** Id of a seeded route. */
export function routeId(name: string): string {
  const index = routes.findIndex((route) => route.name === name);
  if (index === -1) throw new Error(`no seeded route is called ${name}`);
  return seedId("route", index + 1);
}

export const seededRoutes: readonly Row[] = routes.map((route) => ({
  id: routeId(route.name),
  created_at: seededAt,
  updated_at: seededAt,
  name: route.name,
  service_id: serviceId(route.service),
  protocols: ["http", "https"],
  methods: route.methods ?? null,
  hosts: route.hosts ?? null,
  paths: route.paths,
  regex_priority: route.regexPriority ?? 0,
  strip_path: route.keepsPath !== true,
  preserve_host: false,
  tags: ["practice"],
  https_redirect_status_code: 426,
  path_handling: route.pathHandling ?? "v0",
  request_buffering: true,
  response_buffering: true,
}));
