/** What Kong stores for an upstream that is created without `healthchecks`: all checks off. */
export const defaultHealthchecks = {
  active: {
    type: "http",
    timeout: 1,
    concurrency: 10,
    http_path: "/",
    https_sni: null,
    https_verify_certificate: true,
    healthy: { interval: 0, successes: 0, http_statuses: [200, 302] },
    unhealthy: {
      interval: 0,
      http_failures: 0,
      tcp_failures: 0,
      timeouts: 0,
      http_statuses: [429, 404, 500, 501, 502, 503, 504, 505],
    },
  },
  passive: {
    type: "http",
    healthy: {
      successes: 0,
      http_statuses: [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308],
    },
    unhealthy: { http_failures: 0, tcp_failures: 0, timeouts: 0, http_statuses: [429, 500, 503] },
  },
  threshold: 0,
};
