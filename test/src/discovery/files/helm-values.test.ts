import { join } from "node:path";
import { expect, test } from "vitest";
import { readFiles } from "#src/discovery/files/read-files.ts";
import { folderWith } from "./folder.ts";
import { problemOf, summaryOf, today, withoutFolder } from "./reading.ts";

const values = `# kong-2.26.0 in namespace kong
image:
  repository: kong/kong-gateway
  tag: "3.4.3.5-debian"
replicaCount: 3
env:
  database: "off"
  role: traditional
  pg_password:
    valueFrom: { secretKeyRef: { name: kong, key: password } }
  admin_gui_session_conf: '{"secret":"sesame"}'
  untrusted_lua: on
enterprise: { enabled: true }
ingressController: { enabled: true }
postgresql:
  enabled: true
  auth: { password: sesame }
dblessConfig:
  config: |
    _format_version: "3.0"
    services:
    - name: embedded
      url: https://u:sesame@a.example
    plugins:
    - name: custom
      config:
        note: a text that makes this configuration long enough to be kept apart from the short ones around it
        client_secret: sesame
        token:
          name: x
`;

test("Helm values give settings, image, deployment and the configuration inside, without secrets", async () => {
  const folder = await folderWith({ "values-prod.yaml": values });
  const { inventory, versions } = await readFiles({ helmValues: [join(folder, "values-prod.yaml")] }, today);
  expect(inventory.helmReleases[0]?.values["dblessConfig"]).toEqual({ config: {} });
  expect(inventory.helmReleases).toMatchObject([{ name: "values-prod", chartVersion: "2.26.0" }]);
  expect(inventory.helmReleases[0]?.values).toMatchObject({
    image: { tag: "3.4.3.5-debian" },
    postgresql: { enabled: true, auth: { password: "[redacted]" } },
  });
  expect(inventory.settings.map(({ key, value, origin, place }) => [key, value, origin, place?.line])).toEqual([
    ["database", "off", "helm", 7],
    ["role", "traditional", "helm", 8],
    ["pg_password", "[redacted]", "helm", 9],
    ["admin_gui_session_conf", "[redacted]", "helm", 11],
    ["untrusted_lua", "true", "helm", 12],
  ]);
  expect(inventory.deployment).toEqual({
    platform: "kubernetes",
    isHelm: true,
    edition: "enterprise",
    database: "off",
    topology: "dbless",
    configManagement: "kic",
    nodeCount: 3,
  });
  expect(inventory.hosts).toEqual([{ image: "kong/kong-gateway:3.4.3.5-debian", package: "image", os: "debian" }]);
  expect(versions.map(({ version, source }) => [version, withoutFolder(source)])).toEqual([
    ["3.4.3.5", "image in values-prod.yaml"],
  ]);
  expect(inventory.entities.map((entity) => summaryOf(entity))).toEqual(["22 service embedded", "25 plugin custom"]);
  expect(inventory.entities[1]?.fields).toMatchObject({
    config: { client_secret: "[redacted]", token: { name: "[redacted]" } },
  });
  expect(inventory.inputs).toMatchObject({
    helm: { kind: "read" },
    hosts: { kind: "partly" },
    deployment: { kind: "read" },
  });
  expect(JSON.stringify(inventory)).not.toContain("sesame");
});

test.each([
  ["name: kong\nversion: 2.38.0\n", "2.38.0"],
  [
    "name: ours\nversion: 1.0.0\ndependencies:\n- name: redis\n  version: 9.9.9\n- name: kong\n  version: v2.30.0\n",
    "2.30.0",
  ],
  ["name: other\nversion: 1.0.0\n", undefined],
  ["not: [yaml", undefined],
])("a Chart.yaml beside the values tells the chart's version: %j", async (chart, version) => {
  const folder = await folderWith({ "values.yaml": "kong:\n  image: { tag: 3.9 }\n", "Chart.yaml": chart });
  const { inventory, versions } = await readFiles({ helmValues: [join(folder, "values.yaml")] }, today);
  expect(inventory.helmReleases[0]?.chartVersion).toBe(version);
  expect(versions.map((each) => each.version)).toEqual(["3.9"]);
});

test.each([
  ["", /holds no values; Helm values of Kong's chart were expected/u],
  ["<html></html>", /is a web page/u],
  ["- a\n", /expected a mapping/u],
  ["replicas: 3\n", /holds none of the keys of Kong's chart/u],
  ["_format_version: '3.0'\nplugins:\n- name: acl\n", /holds none of the keys of Kong's chart/u],
  ["image: [", /not valid YAML/u],
])("Helm values %j are told to be none", async (text, problem) => {
  const folder = await folderWith({ "values.yaml": text });
  const reading = await readFiles(
    { helmValues: [join(folder, "values.yaml")], manifests: [join(folder, "none")] },
    today,
  );
  expect(problemOf(reading, "helm")).toMatch(problem);
  // Nothing to judge: a release without any of the chart's keys would seem to have left all of them unset.
  expect(reading.inventory.helmReleases).toEqual([]);
  expect(problemOf(reading, "manifests")).toBe("none: does not exist; check the path");
});

const base = `# chart kong-2.26.0
ingressController:
  image: { repository: kong/kubernetes-ingress-controller, tag: "2.12" }
  env: &shared
    publish_service: kong/proxy
image:
  repository: kong
  tag: "2.8.5"
env:
  database: postgres
  pg_host: db.internal
  router_flavor: traditional
migrations:
  preUpgrade: true
  postUpgrade: true
plugins:
  configMaps:
  - name: audit
    pluginName: audit
replicaCount: 2
`;
const production = `replicaCount: 6
env:
  router_flavor: null
  vitals: "on"
image:
  tag: 2.8.5-alpine
plugins:
  configMaps: []
migrations:
  # the job of finish is started by hand
  postUpgrade: false
`;

test("several values files of one release are laid over each other as Helm does it", async () => {
  const folder = await folderWith({ "base.yaml": base, "empty.yaml": "# nothing yet\n", "prod.yaml": production });
  const files = ["base.yaml", "empty.yaml", "prod.yaml"].map((name) => join(folder, name));
  const { inventory, versions } = await readFiles({ helmValues: [{ values: files }], charts: { to: "2.38.0" } }, today);
  expect(inventory.helmReleases).toMatchObject([
    { name: "prod", chartVersion: "2.26.0", targetChartVersion: "2.38.0", file: files[2] },
  ]);
  expect(inventory.helmReleases[0]?.values).toEqual({
    ingressController: {
      image: { repository: "kong/kubernetes-ingress-controller", tag: "2.12" },
      env: { publish_service: "kong/proxy" },
    },
    image: { repository: "kong", tag: "2.8.5-alpine" },
    env: { database: "postgres", pg_host: "db.internal", router_flavor: null, vitals: "on" },
    migrations: { preUpgrade: true, postUpgrade: false },
    plugins: { configMaps: [] },
    replicaCount: 6,
  });
  const place = (path: string): unknown => {
    const found = inventory.helmReleases[0]?.places?.get(path);
    return found === undefined ? undefined : withoutFolder(`${found.file}:${String(found.line)}`);
  };
  expect(place("image.tag")).toBe("prod.yaml:6");
  expect(place("image.repository")).toBe("base.yaml:7");
  expect(place("ingressController.image.tag")).toBe("base.yaml:3");
  expect(place("migrations.postUpgrade")).toBe("prod.yaml:11");
  expect(place("env.router_flavor")).toBe("prod.yaml:3");
  expect(
    inventory.settings.map((one) => [one.key, withoutFolder(`${String(one.place?.file)}:${String(one.place?.line)}`)]),
  ).toEqual([
    ["database", "base.yaml:10"],
    ["pg_host", "base.yaml:11"],
    ["vitals", "prod.yaml:4"],
  ]);
  expect(inventory.deployment.nodeCount).toBe(6);
  expect(versions.map(({ version, source }) => [version, withoutFolder(source)])).toEqual([
    ["2.8.5", "image in prod.yaml"],
  ]);
});

test("what a later file replaces as a whole leaves nothing of the earlier one behind", async () => {
  const folder = await folderWith({
    "a.yaml": "image: { tag: 3.4.2 }\nenv:\n  database: postgres\n  pg_host: db\n",
    "b.yaml": "env: null\n",
    "c.json": '{"env": {"database": "off"},\n "__proto__": {"image": 1}}',
  });
  const files = ["a.yaml", "b.yaml", "c.json"].map((name) => join(folder, name));
  const { inventory } = await readFiles({ helmValues: [{ release: "edge", values: files }] }, today);
  expect(inventory.helmReleases[0]).toMatchObject({ name: "edge", values: { env: { database: "off" } } });
  expect(inventory.helmReleases[0]?.places?.has("env.pg_host")).toBe(false);
  expect(inventory.helmReleases[0]?.values["env"]).toEqual({ database: "off" });
});

test("files that name one release are its overlays, others are releases of their own", async () => {
  const folder = await folderWith({
    "base.yaml": "image: { tag: 3.4.2 }\n",
    "cp.yaml": "env: { role: control_plane }\n",
    "dp.yaml": 'env: { role: data_plane, database: "off" }\n',
  });
  const path = (name: string): string => join(folder, name);
  const helmValues = [
    { release: "cp", values: [path("base.yaml")] },
    { values: [path("base.yaml"), path("dp.yaml")] },
    { release: "cp", values: [path("cp.yaml")] },
    path("base.yaml"),
  ];
  const { inventory } = await readFiles({ helmValues }, today);
  expect(inventory.helmReleases.map(({ name, values: found }) => [name, found])).toEqual([
    ["cp", { image: { tag: "3.4.2" }, env: { role: "control_plane" } }],
    ["dp", { image: { tag: "3.4.2" }, env: { role: "data_plane", database: "off" } }],
    ["base", { image: { tag: "3.4.2" } }],
  ]);
  expect(inventory.deployment.topology).toBe("hybrid");
});

test("a release of which one file cannot be read is not judged, another one is", async () => {
  const folder = await folderWith({
    "base.yaml": "image: { tag: 3.4.2 }\n",
    "broken.yaml": "env: {\n",
    "nothing.yaml": "",
    "other.yaml": "image: { tag: 3.9.1 }\n",
  });
  const path = (name: string): string => join(folder, name);
  const reading = await readFiles(
    {
      helmValues: [
        { values: [path("base.yaml"), path("broken.yaml")] },
        { values: [path("base.yaml"), path("missing.yaml")] },
        { values: [path("nothing.yaml"), path("nothing.yaml")] },
        path("other.yaml"),
      ],
    },
    today,
  );
  expect(reading.inventory.helmReleases.map(({ name }) => name)).toEqual(["other"]);
  expect(reading.inventory.inputs.helm.kind).toBe("partly");
  expect(problemOf(reading, "helm")).toMatch(
    /broken\.yaml:1: .*; missing\.yaml: does not exist.*; nothing\.yaml, nothing\.yaml: hold no values/u,
  );
});

test("the chart kong/ingress counts versions of its own, so Kong's chart inside it is not known", async () => {
  const folder = await folderWith({
    "values.yaml": "# ingress-0.12.0\ngateway:\n  image: { tag: 3.6.1 }\n",
    "Chart.yaml":
      "name: ingress\nversion: 0.12.0\ndependencies:\n- { name: kong, alias: gateway, version: '>=2.38.0' }\n",
  });
  const helmValues = [join(folder, "values.yaml")];
  const { inventory } = await readFiles({ helmValues }, today);
  expect(inventory.helmReleases[0]?.chartVersion).toBeUndefined();
  const told = await readFiles({ helmValues, charts: { from: "2.33.3" } }, today);
  expect(told.inventory.helmReleases[0]?.chartVersion).toBe("2.33.3");
});
