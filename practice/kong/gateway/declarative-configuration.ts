import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { formatVersionOf, readDeclarativeFile } from "#practice/kong/declarative/declarative-file.ts";
import type { DeclaredEntity } from "#practice/kong/declarative/declarative-file.ts";
import { migratePath } from "#practice/kong/migrations/migrate-path.ts";
import { loadKongVersion } from "#practice/kong/versions/catalogue.ts";
import type { NodeSettings } from "./node-settings.ts";
import { isAtLeast } from "./profile.ts";
import { noTables, parseTables } from "./proxy/gateway-tables.ts";
import type { GatewayTables } from "./proxy/gateway-tables.ts";

/** What a node without a database has loaded. */
export interface DeclarativeConfiguration {
  readonly tables: GatewayTables;
  /** 32 hexadecimal digits, all zeros without a file: `configuration_hash` of `/status`. */
  readonly hash: string;
}

const nothingLoaded: DeclarativeConfiguration = { tables: noTables, hash: "0".repeat(32) };

/**
 * Reads the file that `declarative_config` names. From 3.0 on a file of an older format is converted while it is loaded,
 * as `migrations up` converts a database (kong/db/declarative, 3.0).
 * @throws KongFailure when the file is missing or wrong.
 */
export async function loadDeclarativeConfiguration(
  version: string,
  { declarativeConfig: file }: NodeSettings,
): Promise<DeclarativeConfiguration> {
  if (file === undefined) return nothingLoaded;
  const entities = readDeclarativeFile(file, await loadKongVersion(version));
  const isOlder = isAtLeast(version, "3.0.0") && !isAtLeast(formatVersionOf(file), "3.0");
  const of = (kind: keyof typeof defaultsOf): readonly Row[] =>
    entities.flatMap((entity) => (entity.kind === kind ? [Object.assign({}, defaultsOf[kind], rowOf(entity))] : []));
  const routes = of("routes").map((route, created) => Object.assign({}, route, { created }));
  const tables = {
    services: of("services"),
    routes: isOlder ? routes.map(withMigratedPaths) : routes,
    plugins: of("plugins").filter(({ enabled }) => enabled !== false),
    consumers: of("consumers"),
    keys: of("keyauth_credentials"),
    groups: of("acls"),
    upstreams: of("upstreams"),
    targets: of("targets").filter(({ weight }) => weight !== 0),
  };
  const hash = createHash("md5").update(readFileSync(file)).digest("hex");
  return { tables: parseTables(JSON.stringify(tables)), hash };
}

type Row = Readonly<Record<string, unknown>>;

const references = new Set(["service", "route", "consumer", "upstream"]);

/** References stand in columns of their own name, as in the database. */
function rowOf({ id, values }: DeclaredEntity): Row {
  const columns = Object.entries(values).map(([field, value]) => [
    references.has(field) ? `${field}_id` : field,
    value,
  ]);
  return { ...Object.fromEntries(columns), id };
}

function withMigratedPaths(route: Row): Row {
  const { paths } = route;
  return Array.isArray(paths) ? { ...route, paths: paths.map((path) => migratePath(String(path))) } : route;
}

const defaultsOf = {
  services: {
    name: null,
    protocol: "http",
    port: 80,
    path: null,
    retries: 5,
    connect_timeout: 60_000,
    read_timeout: 60_000,
    tls_verify: null,
    enabled: true,
  },
  routes: {
    name: null,
    service_id: null,
    protocols: ["http", "https"],
    methods: null,
    hosts: null,
    paths: null,
    headers: null,
    regex_priority: 0,
    strip_path: true,
    preserve_host: false,
    path_handling: "v0",
    https_redirect_status_code: 426,
  },
  plugins: { service_id: null, route_id: null, consumer_id: null, config: {} },
  consumers: { username: null, custom_id: null },
  keyauth_credentials: { consumer_id: null, key: null },
  acls: { consumer_id: null, group: null },
  upstreams: {},
  targets: { upstream_id: null, weight: 100 },
} as const;
