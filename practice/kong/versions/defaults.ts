/**
 * Defaults of kong.conf that the simulated command line and gateway look at, per line of versions
 * (kong/templates/kong_defaults.lua at the tags 2.8.5, 3.0.2, 3.4.2, 3.9.3).
 */
export const defaultsOf28 = {
  prefix: "/usr/local/kong/",
  log_level: "notice",
  database: "postgres",
  declarative_config: "",
  role: "traditional",
  plugins: "bundled",
  vaults: "off",
  anonymous_reports: "on",
  proxy_listen: "0.0.0.0:8000 reuseport backlog=16384, 0.0.0.0:8443 http2 ssl reuseport backlog=16384",
  admin_listen: "127.0.0.1:8001 reuseport backlog=16384, 127.0.0.1:8444 http2 ssl reuseport backlog=16384",
  status_listen: "off",
  stream_listen: "off",
  cluster_listen: "0.0.0.0:8005",
  nginx_worker_processes: "auto",
  nginx_daemon: "on",
  proxy_access_log: "logs/access.log",
  proxy_error_log: "logs/error.log",
  admin_access_log: "logs/admin_access.log",
  admin_error_log: "logs/error.log",
  status_access_log: "off",
  status_error_log: "logs/status_error.log",
  pg_host: "127.0.0.1",
  pg_port: "5432",
  pg_database: "kong",
  pg_schema: "",
  pg_timeout: "5000",
  pg_user: "kong",
  pg_password: "",
  pg_ssl: "off",
  pg_ssl_verify: "off",
  pg_max_concurrent_queries: "0",
  pg_semaphore_timeout: "60000",
  db_update_frequency: "5",
  db_update_propagation: "0",
  db_cache_ttl: "0",
  worker_consistency: "strict",
  worker_state_update_frequency: "5",
  mem_cache_size: "128m",
  lua_socket_pool_size: "30",
  headers: "server_tokens, latency_tokens",
} as const;

export const defaultsOf30 = {
  ...defaultsOf28,
  vaults: "bundled",
  worker_consistency: "eventual",
  router_flavor: "traditional_compatible",
} as const;

export const defaultsOf34 = {
  ...defaultsOf30,
  admin_gui_listen: "0.0.0.0:8002, 0.0.0.0:8445 ssl",
  admin_gui_access_log: "logs/admin_gui_access.log",
  admin_gui_error_log: "logs/admin_gui_error.log",
} as const;

export const defaultsOf39 = { ...defaultsOf34, status_listen: "127.0.0.1:8007" } as const;
