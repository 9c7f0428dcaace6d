import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const osPackage315Hazards: readonly Hazard[] = [
  {
    id: "315-curl",
    title: "Bundled curl debug binary removed",
    since: "3.15",
    edition: "enterprise",
    area: "os/package",
    severity: "info",
    when: { kind: "manual", question: "Do probes use the bundled curl?" },
    effect: "",
    remedy: "Use other probes.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.15.0.0"],
  },
  {
    id: "315-al2",
    title: "No Amazon Linux 2",
    since: "3.15",
    edition: "enterprise",
    area: "os/package",
    severity: "stops_start",
    when: { kind: "deployment", path: "os", predicate: "in", value: ["amazonlinux2"] },
    effect: "",
    remedy: "Amazon Linux 2023 first.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/products/gateway.yml"],
  },
];
