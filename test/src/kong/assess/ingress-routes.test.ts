import { expect, test } from "vitest";
import { assess } from "#src/kong/assess/assess.ts";
import { emptyInventory } from "#src/kong/inventory.ts";
import type { Inventory, Manifest, Setting } from "#src/kong/inventory.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

function versionOf(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(text);
  return version;
}

const hop = { from: versionOf("2.8.5"), to: versionOf("3.4.2"), edition: "oss" } as const;

type Path = readonly [path: string, pathType?: string];

function ingress(name: string, paths: readonly Path[], more: Readonly<Record<string, unknown>> = {}): Manifest {
  const { annotations = {}, className = "kong" } = more;
  return {
    kind: "Ingress",
    name,
    namespace: "shop",
    place: { file: "all.yaml", line: 3 },
    fields: {
      metadata: { name, annotations },
      spec: {
        ingressClassName: className,
        rules: [
          {
            http: {
              paths: paths.map(([path, pathType]) => ({ path, ...(pathType === undefined ? {} : { pathType }) })),
            },
          },
        ],
      },
    },
  };
}

function inventoryOf(manifests: readonly Manifest[], settings: readonly Setting[] = []): Inventory {
  const base = emptyInventory("2026-11-26");
  return { ...base, manifests, settings, inputs: { ...base.inputs, manifests: { kind: "read" } } };
}

/** Evidence of a hazard, without where it was found. */
function hitsOf(id: string, manifests: readonly Manifest[], settings: readonly Setting[] = []): readonly string[] {
  const { findings } = assess(inventoryOf(manifests, settings), hop);
  return findings
    .filter((finding) => finding.id === id)
    .flatMap(({ evidence }) => evidence.map((piece) => (typeof piece === "string" ? piece : piece.text)));
}

const specific = "ImplementationSpecific";

test("a path that 2.x took for a regex is hit unless the controller makes one of it", () => {
  const manifests = [
    ingress("web", [
      ["/users/\\d+$", specific],
      ["/~/users/\\d+$", specific],
      ["/plain", specific],
      ["/items/[a-z]+", "Prefix"],
      ["/exact/[a-z]+", "Exact"],
      ["/old/(a|b)"],
    ]),
    ingress(
      "own-prefix",
      [
        ["/@/a+", specific],
        ["/~/b+", specific],
      ],
      { annotations: { "konghq.com/regex-prefix": "/@" } },
    ),
  ];
  expect(hitsOf("30-ingress-regex", manifests).map((text) => text.replace(/^.*paths\[/u, "["))).toEqual([
    "[0].path = /users/\\d+$",
    "[3].path = /items/[a-z]+",
    "[5].path = /old/(a|b)",
    "[1].path = /~/b+",
  ]);
});

const detecting: Manifest = {
  kind: "IngressClassParameters",
  name: "legacy",
  fields: { spec: { enableLegacyRegexDetection: true } },
};
const kongClass: Manifest = {
  kind: "IngressClass",
  name: "kong",
  fields: { spec: { controller: "ingress-controllers.konghq.com/kong", parameters: { name: "legacy" } } },
};

test("a class that detects regexes is believed, and where nobody gave the class nobody knows", () => {
  const web = ingress("web", [["/users/\\d+$", specific]]);
  expect(hitsOf("30-ingress-regex", [web, detecting, kongClass])).toEqual([]);
  const other = { ...kongClass, fields: { spec: { controller: "ingress-controllers.konghq.com/kong" } } };
  expect(hitsOf("30-ingress-regex", [web, detecting, other])).toHaveLength(1);
  const { findings, notChecked } = assess(inventoryOf([web, detecting]), hop);
  expect(findings.map(({ id }) => id)).not.toContain("30-ingress-regex");
  expect(notChecked.find(({ input }) => input === "manifests")?.hazards).toContain("30-ingress-regex");
});

test("Ingresses of another controller are none of Kong's", () => {
  const nginx: Manifest = {
    kind: "IngressClass",
    name: "nginx",
    fields: { spec: { controller: "k8s.io/ingress-nginx" } },
  };
  const web = ingress("web", [["/users/(?=x)\\d+$", specific]], {
    className: "nginx",
    annotations: { "konghq.com/path-handling": "v1" },
  });
  for (const id of ["30-ingress-regex", "30-regex-lookaround", "30-path-handling-v1"])
    expect(hitsOf(id, [web, nginx])).toEqual([]);
});

test("regexes of Ingresses are judged as Kong gets them", () => {
  const manifests = [
    ingress("web", [
      ["/~/a(?!b)", specific],
      ["/users/{id}", "Prefix"],
      ["/caf%C3%A9", "Exact"],
      ["/100%25/plain", "Prefix"],
      ["/", "Prefix"],
    ]),
  ];
  expect(hitsOf("30-regex-lookaround", manifests)).toEqual(["Ingress shop/web (all.yaml:3): paths[0] = ~/a(?!b)"]);
  expect(hitsOf("30-regex-rust-constructs", manifests)).toEqual([
    "Ingress shop/web (all.yaml:3): paths[0] = ~/users/{id}$",
  ]);
  expect(hitsOf("30-route-percent-encoding", manifests)).toEqual([
    "Ingress shop/web (all.yaml:3): paths[0] = ~/caf%C3%A9$",
  ]);
  // The controller writes the ~, and no route here has several paths.
  for (const id of ["30-route-regex-tilde", "30-route-double-tilde", "33-traditional-compatible-priority"])
    expect(hitsOf(id, manifests)).toEqual([]);
});

const override: Manifest = {
  kind: "KongIngress",
  name: "legacy-paths",
  namespace: "shop",
  place: { file: "all.yaml", line: 40 },
  fields: { route: { path_handling: "v1", regex_priority: 10 }, proxy: { read_timeout: 5000 } },
};

test("path_handling v1 is found in annotations and in KongIngresses, and is fine with the traditional router", () => {
  const annotated = ingress("web", [["/plain", specific]], { annotations: { "konghq.com/path-handling": "v1" } });
  const v0 = ingress("new", [["/plain", specific]], { annotations: { "konghq.com/path-handling": "v0" } });
  expect(hitsOf("30-path-handling-v1", [annotated, v0, override])).toEqual([
    "Ingress shop/web (all.yaml:3): path_handling = v1",
    "KongIngress shop/legacy-paths (all.yaml:40): path_handling = v1",
  ]);
  const traditional: Setting = { key: "router_flavor", value: "traditional", origin: "helm" };
  expect(hitsOf("30-path-handling-v1", [annotated, override], [traditional])).toEqual([]);
});

test("services over TLS whose certificate nobody checks are found in annotations and in KongIngresses", () => {
  const service = (name: string, annotations: Readonly<Record<string, string>>): Manifest => ({
    kind: "Service",
    name,
    namespace: "shop",
    place: { file: "svc.yaml", line: 1 },
    fields: { metadata: { name, annotations } },
  });
  const manifests = [
    service("open", { "konghq.com/protocol": "https" }),
    service("checked", { "konghq.com/protocol": "https", "konghq.com/tls-verify": "true" }),
    service("unchecked", { "konghq.com/protocol": "grpcs", "konghq.com/tls-verify": "false" }),
    service("plain", { "konghq.com/retries": "3" }),
    { ...override, fields: { proxy: { protocol: "https" } } },
  ];
  const base = inventoryOf(manifests);
  const inventory = { ...base, inputs: { ...base.inputs, configuration: { kind: "read" as const } } };
  const later = { from: versionOf("3.13.0.0"), to: versionOf("3.14.0.0"), edition: "enterprise" } as const;
  const namesOf = (id: string): readonly unknown[] =>
    assess(inventory, later)
      .findings.filter((finding) => finding.id === id)
      .flatMap(({ evidence }) => evidence.flatMap((piece) => (typeof piece === "string" ? [] : [piece.name])));
  expect(namesOf("314-tls-verify")).toEqual(expect.arrayContaining(["open", "legacy-paths"]));
  expect(namesOf("314-tls-verify")).not.toContain("checked");
  expect(namesOf("314-tls-services")).toEqual(["unchecked"]);
});

test("whether a controller still reads KongIngress is asked", () => {
  const { findings } = assess(inventoryOf([override]), hop);
  const asked = findings.find(({ id }) => id === "kic-kongingress");
  expect(asked?.kind).toBe("question");
  expect(JSON.stringify(asked?.evidence)).toContain("legacy-paths");
});

test("Ingresses of any form end", () => {
  const odd = [
    5,
    null,
    "x",
    { http: 5 },
    { http: { paths: [null, 5, { path: 5 }, { path: "/".repeat(200_000), pathType: "Prefix" }] } },
  ];
  const broken: Manifest = { kind: "Ingress", name: "odd", fields: { metadata: 5, spec: { rules: odd } } };
  expect(() =>
    assess(inventoryOf([broken, { ...broken, fields: { spec: [] } }, { ...override, fields: { route: [] } }]), hop),
  ).not.toThrow();
});
