import { expect, test } from "vitest";
import { kongImage } from "#src/discovery/files/images.ts";
import { readFiles } from "#src/discovery/files/read-files.ts";
import { folderWith } from "./folder.ts";
import { problemOf, summaryOf, today, withoutFolder } from "./reading.ts";

test.each([
  ["kong", "oss", undefined, undefined],
  ["kong:3.4", "oss", "3.4", "ubuntu"],
  ["docker.io/library/kong:2.8.5", "oss", "2.8.5", "alpine"],
  ["kong/kong-gateway:3.10.0.1-rhel", "enterprise", "3.10.0.1", "rhel"],
  ["registry.example:5000/mirror/kong:2.8.1-ubuntu20.04@sha256:abc", "oss", "2.8.1", "ubuntu20.04"],
  ["kong/kong-gateway:2.8.4.1-alpine", "enterprise", "2.8.4.1", "alpine"],
  ["kong:latest", "oss", undefined, undefined],
])("the image %s is %s, version %s, on %s", (image, edition, version, os) => {
  expect(kongImage(image)).toMatchObject({ edition, version, host: os === undefined ? { image } : { image, os } });
});

test.each(["kong/kubernetes-ingress-controller:3.1", "kongish:1", "postgres:15", "my/kong-proxy-test:1", ""])(
  "%j is no image of Kong Gateway",
  (image) => {
    expect(kongImage(image)).toBeUndefined();
  },
);

const manifests = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: kong-cp
  namespace: kong
  labels: { app.kubernetes.io/managed-by: Helm }
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: ingress-controller
        image: kong/kubernetes-ingress-controller:3.1
      - name: proxy
        image: registry.example/our-kong:3.4.2
        args: [/docker-entrypoint.sh, kong, docker-start, --nginx-conf, /custom/nginx.template]
        env:
        - name: KONG_DATABASE
          value: postgres
        - name: KONG_ROLE
          value: control_plane
        - name: KONG_PG_PASSWORD
          value: sesame
        - name: KONG_LICENSE_DATA
          valueFrom: { secretKeyRef: { name: kong } }
        - name: AWS_REGION
          value: eu-west-1
---
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: StatefulSet
  metadata: { name: kong-dp }
  spec:
    replicas: 4
    template: { spec: { containers: [{ name: proxy, image: "kong:3.4.1", env: [{ name: KONG_ROLE, value: data_plane }, { name: KONG_DATABASE, value: "off" }] }] } }
- apiVersion: v1
  kind: Secret
  metadata: { name: s }
  data: { key: sesame }
---
apiVersion: configuration.konghq.com/v1
kind: KongClusterPlugin
metadata: { name: limits }
plugin: rate-limiting
config: { minute: 5 }
disabled: true
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: { name: hidden }
plugin: acl
configFrom: { secretKeyRef: { name: acl, key: config } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: dbless }
data:
  kong.yml: |
    _format_version: "3.0"
    plugins:
    - name: cors
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ http: { paths: [{ path: "/~/x" }] } }] }
---
`;

test("manifests give workloads' settings, images and commands, plugins, and configurations in config maps", async () => {
  const folder = await folderWith({ "all.yaml": manifests, "notes.yaml": "a: 1\n" });
  const reading = await readFiles({ manifests: [folder] }, today);
  const { inventory, versions, notes } = reading;
  expect(inventory.manifests.map(({ kind, name, place }) => `${String(place?.line)} ${kind} ${name}`)).toEqual([
    "1 Deployment kong-cp",
    "32 StatefulSet kong-dp",
    "38 Secret s",
    "43 KongClusterPlugin limits",
    "50 KongPlugin hidden",
    "56 ConfigMap dbless",
    "65 Ingress web",
  ]);
  expect(inventory.settings.map(({ key, value, place }) => [key, value, place?.line])).toEqual([
    ["database", "postgres", 18],
    ["role", "control_plane", 20],
    ["pg_password", "[redacted]", 22],
    ["license_data", "[redacted]", 24],
    ["role", "data_plane", 37],
    ["database", "off", 37],
  ]);
  expect(inventory.environmentNames).toEqual(["AWS_REGION"]);
  expect(inventory.hosts.map(({ image }) => image)).toEqual(["registry.example/our-kong:3.4.2", "kong:3.4.1"]);
  expect(versions.map(({ version }) => version)).toEqual(["3.4.2", "3.4.1"]);
  expect(inventory.deployment).toMatchObject({
    platform: "kubernetes",
    isHelm: true,
    configManagement: "kic",
    database: "postgres",
    topology: "hybrid",
    nodeCount: 6,
  });
  expect(inventory.entities.map((entity) => summaryOf(entity))).toEqual(["43 plugin rate-limiting", "63 plugin cors"]);
  expect(inventory.entities[0]?.fields).toEqual({ name: "rate-limiting", enabled: false, config: { minute: 5 } });
  expect(inventory.scripts.map(({ text }) => text)).toEqual([
    "/docker-entrypoint.sh kong docker-start --nginx-conf /custom/nginx.template",
  ]);
  expect(problemOf(reading, "manifests")).toBe(
    "all.yaml:50: the configuration of plugin acl is in a secret, so it was not read",
  );
  expect(notes.map((note) => withoutFolder(note))).toEqual([
    "notes.yaml: holds no Kubernetes object (apiVersion and kind)",
  ]);
  expect(JSON.stringify(inventory)).not.toContain("sesame");
});

test("manifests with wrong forms everywhere are read as far as they go", async () => {
  const wrong = `apiVersion: apps/v1
kind: Deployment
metadata: 5
spec: { template: { spec: { containers: [1, null, { image: 7, env: [1, { name: 5 }, { name: KONG_DATABASE }] }] } } }
---
apiVersion: v1
kind: List
items: 5
---
kind: 7
---
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
plugin: [1]
---
apiVersion: v1
kind: ConfigMap
data: [1]
`;
  const folder = await folderWith({ "wrong.yaml": wrong });
  const reading = await readFiles({ manifests: [folder] }, today);
  expect(reading.inventory.manifests.map(({ kind }) => kind)).toEqual(["Deployment", "KongPlugin", "ConfigMap"]);
  expect(reading.inventory.entities).toEqual([]);
});
