import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { isNotOfficialImage } from "./own-image.ts";

export const osPackage23To30Hazards: readonly Hazard[] = [
  {
    id: "23-nginx-user-kong",
    title: "Workers run as the user kong where that user exists",
    since: "2.3",
    edition: "both",
    area: "os/package",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "conf", key: "nginx_user", predicate: "absent" },
        { kind: "conf", key: "nginx_main_user", predicate: "absent" },
        {
          kind: "manual",
          question: "Do keys, sockets, log directories or plugin files that Kong needs belong to the user nobody?",
        },
      ],
    },
    effect:
      "nginx_user is not set here, so workers that ran as nobody run as kong and can no longer read or write these files.",
    remedy: "Give the files and directories to kong, or set nginx_user.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.3.0"],
  },
  {
    id: "23-centos6-removed",
    title: "No packages for CentOS 6 and RHEL 6",
    since: "2.3",
    edition: "both",
    area: "os/package",
    severity: "stops_start",
    when: { kind: "deployment", path: "os", predicate: "in", value: ["centos6", "rhel6"] },
    effect: "There is no package of the target for these hosts; nothing can be installed on them.",
    remedy: "Move to a supported system first, with the running Kong version.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.3.0"],
  },
  {
    id: "24-bintray-gone",
    title: "Packages are no longer on Bintray",
    since: "2.4",
    edition: "both",
    area: "os/package",
    severity: "stops_start",
    when: {
      any: [
        { kind: "client", predicate: "matches", value: "bintray\\.(?:com|io)" },
        {
          kind: "manual",
          question: "Do repository files, Dockerfiles or install scripts name bintray.com?",
          answeredBy: "scripts",
        },
      ],
    },
    effect: "Bintray is switched off: an installation that asks it for the package fails in the middle of the window.",
    remedy: "Point package sources to download.konghq.com or packages.konghq.com, and images to Docker Hub.",
    sources: [
      "Kong/kong@master CHANGELOG-OLD.md 2.4.1",
      "Kong/charts@HEAD charts/kong/UPGRADE.md 2.1.0",
      "Kong docs, upgrade page of 2.x (names Bintray)",
    ],
  },
  {
    id: "28-centos-oss",
    title: "No more OSS images on CentOS",
    since: "2.8",
    edition: "oss",
    area: "os/package",
    severity: "stops_start",
    when: {
      any: [
        { kind: "deployment", path: "image", predicate: "matches", value: "centos" },
        {
          all: [
            { kind: "deployment", path: "os", predicate: "in", value: ["centos7", "centos8"] },
            { kind: "deployment", path: "package", predicate: "equals", value: "image" },
          ],
        },
      ],
    },
    effect: "The target has no image with this base, so the pull fails; an own image cannot be built on it.",
    remedy: "Use an Ubuntu, Debian or RHEL image; check what an own image installs with yum.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.0.0"],
  },
  {
    id: "28-ubuntu1804-28",
    title: "2.8.4.3 stops Ubuntu 18.04; Amazon Linux 2022 is called 2023",
    since: "2.8.4.3",
    edition: "enterprise",
    area: "os/package",
    severity: "stops_start",
    when: { kind: "deployment", path: "os", predicate: "in", value: ["ubuntu18.04", "amazonlinux2022"] },
    effect: "There is no package of the target for these hosts under this name; the installation fails.",
    remedy: "Change the operating system first, with the running Kong version.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 2.8.4.3"],
  },
  {
    id: "28-eol-os-28",
    title: "2.8.4.12 stops Debian 10, CentOS 7 and RHEL 7",
    since: "2.8.4.12",
    edition: "enterprise",
    area: "os/package",
    severity: "stops_start",
    when: { kind: "deployment", path: "os", predicate: "in", value: ["debian10", "centos7", "rhel7"] },
    effect: "There is no package of the target for these hosts; the installation fails.",
    remedy: "Change the operating system first, with the running Kong version.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.4.12"],
  },
  {
    id: "28-rpm-prefix",
    title: "The RPM's prefix is /, and resty gets a symbolic link",
    since: "2.8.4.13",
    edition: "enterprise",
    area: "os/package",
    severity: "info",
    when: { kind: "deployment", path: "package", predicate: "equals", value: "rpm" },
    effect: "An installation with `rpm --prefix` puts files elsewhere than before; others notice nothing.",
    remedy: "Check scripts that use `rpm --prefix`, and the PATH of what calls resty.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.4.13"],
  },
  {
    id: "30-openresty-121",
    title: "OpenResty 1.21.4.1 with Kong's patches is needed",
    since: "3.0",
    edition: "both",
    area: "os/package",
    severity: "stops_start",
    when: {
      all: [
        isNotOfficialImage,
        { kind: "manual", question: "Is Kong built from source here, or does OpenResty come from yourselves?" },
      ],
    },
    effect:
      "The target does not start on an OpenResty of 2.x, or without the patches and lua-kong-nginx-module of 3.0.",
    remedy: "Build OpenResty again with the patches and modules of the target.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x, dependencies",
    ],
  },
  {
    id: "30-slim-images",
    title: "Debian and RHEL images hold only the minimum",
    since: "3.0",
    edition: "both",
    area: "os/package",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "deployment", path: "image", predicate: "matches", value: "debian|rhel|ubi" },
        {
          kind: "manual",
          question:
            "Do start scripts, probes or people call curl, jq, ps, unzip or the like inside the container, or does an own image build on it?",
        },
      ],
    },
    effect: "These programs are missing in the image: a probe that calls one fails, and the pod is restarted for ever.",
    remedy: "Build an own image with what is needed, or use HTTP probes.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x, dependencies",
    ],
  },
  {
    id: "30-os-dropped",
    title: "No packages for Amazon Linux 1, Debian 8 and Ubuntu 16.04",
    since: "3.0",
    edition: "both",
    area: "os/package",
    severity: "stops_start",
    when: { kind: "deployment", path: "os", predicate: "in", value: ["amazonlinux1", "debian8", "ubuntu16.04"] },
    effect: "There is no package or image of the target for these hosts; the installation fails.",
    remedy: "Change the operating system first, with the running Kong version.",
    note: "Ubuntu 16.04 is named for Enterprise (2.8.1.2).",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.1.2",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "31-worker-events-sock",
    title: 'A leftover worker_events.sock can stop the start with "Address already in use"',
    since: "3.0",
    edition: "both",
    area: "os/package",
    severity: "stops_start",
    when: {
      all: [
        { kind: "deployment", path: "platform", predicate: "in", value: ["kubernetes", "container"] },
        {
          kind: "manual",
          question: "Does Kong's prefix survive the restart of a container, or do several containers share one prefix?",
        },
      ],
    },
    effect: "After an unclean stop the node finds the socket of its predecessor in the prefix and does not start.",
    remedy:
      "Delete stale sockets in the prefix before the start and give each node its own prefix (Helm: the init container clearStalePid).",
    note: "Made better in 3.0, 3.3 and 3.8, not gone: the distroless image of 3.15 has it still.",
    sources: [
      "Kong/kong issue #11448",
      "Kong/kong@3.3.0 CHANGELOG.md",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0, 3.3.0.0, 3.4.3.13",
    ],
  },
];
