import type { Example } from "#test/src/kong/catalogue/example.ts";

const deb = { hosts: [{ node: "kong-1", os: "ubuntu22.04", package: "deb" }] } as const;
const image = { hosts: [{ node: "kong-1", os: "ubuntu22.04", image: "kong:3.3.1-ubuntu", package: "image" }] } as const;

export const osPackage31To34Examples: readonly Example[] = [
  {
    hazard: "31-ca-certificates-missing",
    from: "3.0.1.0",
    to: "3.1.1.2",
    hits: { conf: { lua_ssl_trusted_certificate: "system,/etc/kong/ca.pem" } },
    evidence: ["system,/etc/kong/ca.pem"],
    misses: { conf: { lua_ssl_trusted_certificate: "/etc/kong/ca.pem" } },
  },
  {
    hazard: "32-libyaml",
    from: "3.1.1.6",
    to: "3.2.2.5",
    hits: { hosts: [{ node: "kong-1", image: "registry.acme.io/gateway:7", package: "image" }] },
    evidence: ["registry.acme.io/gateway:7"],
    misses: { hosts: [{ node: "kong-1", image: "kong/kong-gateway:3.1.1.6", package: "image" }] },
  },
  {
    hazard: "32-systemd-unit",
    from: "3.1.1.6",
    to: "3.2.2.5",
    hits: deb,
    evidence: ["kong-1"],
    misses: image,
  },
  {
    hazard: "33-systemd-unit-back",
    from: "3.2.2.5",
    to: "3.3.1.1",
    hits: deb,
    evidence: ["kong-1"],
    misses: deb,
    missesHop: { from: "3.1.1.6", to: "3.3.1.1" },
  },
  {
    hazard: "32-yum-gpg",
    from: "3.1.1.6",
    to: "3.2.2.0",
    hits: { hosts: [{ node: "kong-1", os: "rhel8", package: "rpm" }] },
    evidence: ["rpm"],
    misses: deb,
  },
  {
    hazard: "32-arm-http2",
    from: "3.1.1.6",
    to: "3.2.1.0",
    hits: { hosts: [{ node: "kong-1", image: "kong/kong-gateway:3.1.1.6-alpine", package: "image", arch: "arm64" }] },
    evidence: ["alpine"],
    misses: { hosts: [{ node: "kong-1", os: "ubuntu22.04", package: "image", image: "x-ubuntu", arch: "amd64" }] },
  },
  {
    hazard: "32-os-dropped",
    from: "3.1.1.6",
    to: "3.2.2.5",
    hits: { hosts: [{ node: "kong-1", os: "centos8", package: "rpm" }] },
    evidence: ["centos8"],
    misses: { hosts: [{ node: "kong-1", os: "rhel8", package: "rpm" }] },
  },
  {
    hazard: "34-alpine",
    hits: {
      hosts: [
        { node: "kong-1", os: "debian12", image: "docker.io/library/kong:2.8.5", package: "image" },
        { node: "kong-2", image: "kong/kong-gateway:latest", package: "image" },
        { node: "kong-3", image: "kong/kong", package: "image" },
      ],
    },
    evidence: ["kong:2.8.5", "kong-gateway:latest", "kong/kong"],
    misses: { hosts: [{ node: "kong-1", os: "ubuntu22.04", image: "kong:3.3.1-ubuntu", package: "image" }] },
  },
  {
    hazard: "34-ubuntu1804",
    hits: { hosts: [{ node: "kong-1", os: "ubuntu18.04", package: "deb" }] },
    evidence: ["ubuntu18.04"],
    misses: deb,
  },
  {
    hazard: "34-centos",
    hits: { hosts: [{ node: "kong-1", os: "centos7", package: "rpm" }] },
    evidence: ["centos7"],
    misses: { hosts: [{ node: "kong-1", os: "rhel7", package: "rpm" }] },
  },
  {
    hazard: "34-al2022",
    hits: { hosts: [{ node: "kong-1", os: "amazonlinux2022", package: "rpm" }] },
    evidence: ["amazonlinux2022"],
    misses: { hosts: [{ node: "kong-1", os: "amazonlinux2", package: "rpm" }] },
  },
  {
    hazard: "34-debian-8-10",
    from: "2.8.4.14",
    to: "3.4.3.29",
    hits: { hosts: [{ node: "kong-1", os: "debian10", package: "deb" }] },
    evidence: ["debian10"],
    misses: { hosts: [{ node: "kong-1", os: "debian11", package: "deb" }] },
  },
  {
    hazard: "34-rhel8-docker",
    from: "3.3.1.1",
    to: "3.4.3.29",
    hits: { hosts: [{ node: "kong-1", image: "kong/kong-gateway:3.3.1.1-rhel", package: "image" }] },
    evidence: ["-rhel"],
    misses: { hosts: [{ node: "kong-1", image: "kong/kong-gateway:3.3.1.1-debian", package: "image" }] },
  },
];
