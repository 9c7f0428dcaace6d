import type { Example } from "#test/src/kong/catalogue/example.ts";

const plain = { name: "orders", paths: ["/orders"], created_at: 1_690_000_000 };
const regex = { name: "users", paths: [String.raw`/users/\d+`], created_at: 1_690_000_000 };

export const router28To36Examples: readonly Example[] = [
  {
    hazard: "28-pcre-dynamic",
    from: "2.8.2.2",
    to: "2.8.2.3",
    hits: { routes: [regex] },
    evidence: ["users", String.raw`/users/\d+`],
    misses: { routes: [plain] },
  },
  {
    hazard: "30-route-regex-tilde",
    hits: { routes: [plain, regex] },
    evidence: ["users", String.raw`/users/\d+`],
    misses: {
      routes: [plain, { name: "dotted", paths: ["/v1.2/a_b~c%20d"] }, { name: "ready", paths: ["~/users/[0-9]+"] }],
    },
  },
  {
    hazard: "30-up-breaks-old-nodes",
    from: "2.8.1",
    to: "3.4.2",
    hits: { deployment: { database: "postgres" }, routes: [regex] },
    evidence: ["users"],
    misses: { deployment: { database: "postgres" }, routes: [plain] },
    missesHop: { from: "2.8.5", to: "3.4.2" },
  },
  {
    hazard: "30-route-double-tilde",
    hits: { routes: [{ ...regex, paths: [String.raw`~/users/\d+`] }], declarative: [] },
    evidence: ["users", String.raw`~/users/\d+`],
    misses: {
      files: { route: [{ name: "users", paths: [String.raw`~/users/\d+`] }] },
      declarative: [{ formatVersion: "3.0" }],
    },
  },
  {
    hazard: "30-force-double-tilde",
    from: "3.4.2",
    to: "3.9.3",
    hits: {
      deployment: { database: "postgres" },
      routes: [{ ...regex, paths: [String.raw`~/users/\d+`] }],
      scripts: "kong migrations up -c /etc/kong/kong.conf -f\n",
    },
    evidence: ["users", "kong migrations up"],
    misses: {
      deployment: { database: "postgres" },
      routes: [{ ...regex, paths: [String.raw`~/users/\d+`] }],
      scripts: "kong migrations up -c /etc/kong/kong.conf\nkong migrations finish; rm -f dump.sql\n",
    },
  },
  {
    hazard: "30-route-percent-encoding",
    hits: { routes: [{ ...regex, paths: ["/caf%C3%A9/(.*)"] }] },
    evidence: ["users", "/caf%C3%A9/(.*)"],
    misses: {
      routes: [
        { ...plain, paths: ["/caf%C3%A9"] },
        { ...regex, paths: ["/a%2Fb/(.*)"] },
      ],
    },
  },
  {
    hazard: "30-plain-path-normalised",
    hits: { routes: [{ ...plain, paths: ["/a%7Eb"] }] },
    evidence: ["orders", "/a%7Eb"],
    misses: { routes: [plain, { ...regex, paths: ["/a%7Eb/(.*)"] }], files: { route: [{ paths: ["/a%7Eb"] }] } },
  },
  {
    hazard: "33-traditional-compatible-priority",
    hits: { conf: {}, routes: [{ name: "orders", paths: ["/orders", "/orders/archive"] }] },
    evidence: ["orders"],
    misses: {
      conf: { router_flavor: "traditional" },
      routes: [{ name: "orders", paths: ["/orders", "/orders/archive"] }],
    },
  },
  {
    hazard: "36-expressions",
    hits: {
      conf: { router_flavor: "expressions" },
      routes: [{ name: "beta", expression: 'http.headers.x_stage == "Beta"' }],
    },
    evidence: ["beta", "http.headers.x_stage"],
    misses: {
      conf: { router_flavor: "expressions" },
      routes: [{ name: "all", expression: 'http.host == "example.com"' }],
    },
  },
];
