import type { Example } from "#test/src/kong/catalogue/example.ts";

const deb = { hosts: [{ node: "kong-1", os: "ubuntu22.04", package: "deb" }] } as const;
const rpm = { hosts: [{ node: "kong-1", os: "rhel8", package: "rpm" }] } as const;

export const osPackage36To310Examples: readonly Example[] = [
  {
    hazard: "36-ulimit",
    from: "3.5.0",
    to: "3.6.0",
    hits: { hosts: [{ node: "kong-1", openFiles: 1024 }] },
    evidence: ["kong-1", "1024"],
    misses: { hosts: [{ node: "kong-1", openFiles: 65_536 }] },
  },
  {
    hazard: "36-brotli-arm",
    from: "3.5.0.7",
    to: "3.6.1.8",
    hits: { hosts: [{ node: "kong-1", arch: "arm64" }], conf: { nginx_http_brotli: "on" } },
    evidence: ["nginx_http_brotli"],
    misses: { hosts: [{ node: "kong-1", arch: "amd64" }], conf: { nginx_http_brotli: "on" } },
  },
  {
    hazard: "36-openresty",
    hits: { conf: { nginx_main_load_module: "/opt/acme/ngx_http_acme_module.so" } },
    evidence: ["nginx_main_load_module"],
    misses: { hosts: [{ node: "kong-1", image: "kong:3.5.0", package: "image" }], conf: {}, template: "" },
  },
  { hazard: "34-logrotate", hits: deb, evidence: ["kong-1", "deb"], misses: rpm },
  {
    hazard: "38-os-dropped",
    hits: { hosts: [{ node: "kong-1", os: "debian10", package: "deb" }] },
    evidence: ["debian10"],
    misses: { hosts: [{ node: "kong-1", os: "debian11", package: "deb" }] },
  },
  { hazard: "38-rpm-relocatable", hits: rpm, evidence: ["rpm"], misses: deb },
  {
    hazard: "39-rpm-ubi9",
    hits: { hosts: [{ node: "kong-1", image: "kong:3.8.1-rhel", package: "image" }] },
    evidence: ["kong:3.8.1-rhel"],
    misses: { hosts: [{ node: "kong-1", image: "kong:3.8.1-ubuntu", package: "image" }] },
  },
  {
    hazard: "310-no-oss",
    from: "3.9.3",
    to: "3.10.0",
    hits: { deployment: { edition: "oss" } },
    misses: { deployment: { edition: "enterprise" } },
  },
  {
    hazard: "310-ubuntu2004",
    from: "3.9.1.2",
    to: "3.10.0.17",
    hits: { hosts: [{ node: "kong-1", os: "ubuntu20.04", package: "deb" }] },
    evidence: ["ubuntu20.04"],
    misses: deb,
  },
  {
    hazard: "315-curl",
    from: "3.14.0.13",
    to: "3.15.0.4",
    hits: {},
    misses: {},
    missesHop: { from: "3.13.0.10", to: "3.14.0.13" },
  },
  {
    hazard: "315-al2",
    from: "3.14.0.13",
    to: "3.15.0.4",
    hits: { hosts: [{ node: "kong-1", os: "amazonlinux2", package: "rpm" }] },
    evidence: ["amazonlinux2"],
    misses: { hosts: [{ node: "kong-1", os: "amazonlinux2023", package: "rpm" }] },
  },
];
