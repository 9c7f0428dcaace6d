import type { Example } from "#test/src/kong/catalogue/example.ts";

const debian = { hosts: [{ node: "kong-1", os: "debian11", package: "deb" }] } as const;

export const osPackage23To30Examples: readonly Example[] = [
  {
    hazard: "23-nginx-user-kong",
    hits: { conf: { log_level: "notice" } },
    misses: { conf: { nginx_user: "nobody nobody" } },
  },
  {
    hazard: "23-centos6-removed",
    hits: { hosts: [{ node: "kong-1", os: "centos6", package: "rpm" }] },
    evidence: ["kong-1", "centos6"],
    misses: { hosts: [{ node: "kong-1", os: "centos7", package: "rpm" }] },
  },
  {
    hazard: "24-bintray-gone",
    hits: { scripts: "wget https://bintray.com/kong/kong-rpm/rpm -O bintray-kong-kong-rpm.repo\n" },
    evidence: ["bintray.com"],
    misses: { scripts: "wget https://download.konghq.com/gateway-2.x-rhel-8/config.repo\n" },
  },
  {
    hazard: "28-centos-oss",
    hits: { hosts: [{ node: "kong-1", image: "kong:2.7.2-centos", package: "image" }] },
    evidence: ["kong:2.7.2-centos"],
    misses: { hosts: [{ node: "kong-1", image: "kong:2.7.2-ubuntu", os: "ubuntu20.04", package: "image" }] },
  },
  {
    hazard: "28-ubuntu1804-28",
    from: "2.8.4.2",
    to: "2.8.4.14",
    hits: { hosts: [{ node: "kong-1", os: "ubuntu18.04", package: "deb" }] },
    evidence: ["kong-1", "ubuntu18.04"],
    misses: { hosts: [{ node: "kong-1", os: "ubuntu20.04", package: "deb" }] },
  },
  {
    hazard: "28-eol-os-28",
    from: "2.8.4.2",
    to: "2.8.4.14",
    hits: { hosts: [{ node: "kong-1", os: "rhel7", package: "rpm" }] },
    evidence: ["rhel7"],
    misses: { hosts: [{ node: "kong-1", os: "rhel8", package: "rpm" }] },
  },
  {
    hazard: "28-rpm-prefix",
    from: "2.8.4.2",
    to: "2.8.4.14",
    hits: { hosts: [{ node: "kong-1", os: "rhel8", package: "rpm" }] },
    evidence: ["rpm"],
    misses: debian,
  },
  {
    hazard: "30-openresty-121",
    hits: { hosts: [{ node: "kong-1", image: "registry.acme.io/gateway:7", package: "image" }] },
    evidence: ["registry.acme.io/gateway:7"],
    misses: { hosts: [{ node: "kong-1", image: "docker.io/library/kong:2.8.5", package: "image" }] },
  },
  {
    hazard: "30-slim-images",
    hits: { hosts: [{ node: "kong-1", image: "kong:2.8.5-debian", package: "image" }] },
    evidence: ["kong:2.8.5-debian"],
    misses: { hosts: [{ node: "kong-1", image: "kong:2.8.5-ubuntu", package: "image" }] },
  },
  {
    hazard: "30-os-dropped",
    hits: { hosts: [{ node: "kong-1", os: "amazonlinux1", package: "rpm" }] },
    evidence: ["amazonlinux1"],
    misses: { hosts: [{ node: "kong-1", os: "amazonlinux2", package: "rpm" }] },
  },
  {
    hazard: "31-worker-events-sock",
    hits: { deployment: { platform: "container" } },
    misses: { deployment: { platform: "host" } },
  },
];
