import { join } from "node:path";
import { expect, test } from "vitest";
import { readFiles } from "#src/discovery/files/read-files.ts";
import { folderWith } from "#test/src/discovery/files/folder.ts";
import { problemOf, readDeclarativeText, summaryOf, today, withoutFolder } from "#test/src/discovery/files/reading.ts";

const nested = `_format_version: "3.0"
_workspace: payments
# what follows was written by people
services:
  - name: orders
    url: https://orders.example:8443/v1
    plugins:
      - name: rate-limiting
        config:
          minute: 5
    routes:
      - name: orders
        paths: [
          "/orders",
          /~invoices$
        ]
        plugins:
          - name: key-auth
            config: { key_names: [apikey] }
consumers:
  - username: alice
    custom_id: "1"
    keyauth_credentials:
      - key: sesame
    plugins:
      - name: acl
        config: { whitelist: [staff] }
consumer_groups:
  - name: gold
    consumers:
      - username: alice
    plugins:
      - name: rate-limiting-advanced
upstreams:
  - name: orders.up
    targets:
      - target: 10.0.0.1:80
        weight: 0
`;

test("entities inside others hang on these, each with its line", async () => {
  const { inventory } = await readDeclarativeText(nested);
  expect(inventory.entities.map((entity) => summaryOf(entity))).toEqual([
    "5 service orders",
    "12 route orders on service orders",
    "18 plugin key-auth on route orders",
    "8 plugin rate-limiting on service orders",
    "21 consumer alice",
    "26 plugin acl on consumer alice",
    "29 consumer_group gold",
    "33 plugin rate-limiting-advanced on consumer_group gold",
    "35 upstream orders.up",
  ]);
  expect(new Set(inventory.entities.map(({ workspace }) => workspace))).toEqual(new Set(["payments"]));
  expect(inventory.inputs).toMatchObject({ entities: { kind: "read" }, declarative: { kind: "read" } });
});

test("fields are as they were written, without the entities inside and without credentials", async () => {
  const { inventory } = await readDeclarativeText(nested);
  const [service, route, , , consumer, , group, , upstream] = inventory.entities;
  expect(service?.fields).toEqual({
    name: "orders",
    url: "https://orders.example:8443/v1",
    protocol: "https",
    host: "orders.example",
    port: 8443,
    path: "/v1",
  });
  expect(route?.fields).toEqual({ name: "orders", paths: ["/orders", "/~invoices$"] });
  expect(consumer?.fields).toEqual({ username: "alice", custom_id: "1" });
  expect(group?.fields).toEqual({ name: "gold" });
  expect(upstream?.fields).toEqual({ name: "orders.up", targets: [{ target: "10.0.0.1:80", weight: 0 }] });
  expect(JSON.stringify(inventory)).not.toContain("sesame");
});

test("entities beside each other refer by name, by object or by id, and an id becomes the name where that is known", async () => {
  const { inventory } = await readDeclarativeText(`_format_version: "1.1"
services:
- id: 5f1ee9a4-0000-4000-8000-000000000001
  name: orders
  host: orders.example
routes:
- name: by-name
  service: orders
- name: by-object
  service: { name: orders }
- name: by-id
  service: { id: 5f1ee9a4-0000-4000-8000-000000000001 }
plugins:
- name: acl
  route: by-name
  consumer: { username: alice }
- name: cors
targets:
- upstream: up
  target: 10.0.0.1:80
- upstream: { name: up }
  target: 10.0.0.1:80
upstreams:
- name: up
`);
  expect(inventory.entities.map((entity) => summaryOf(entity))).toEqual([
    "3 service orders",
    "7 route by-name on service orders",
    "9 route by-object on service orders",
    "11 route by-id on service orders",
    "14 plugin acl on route by-name on consumer alice",
    "17 plugin cors",
    "24 upstream up",
  ]);
  expect(inventory.entities.at(-1)?.fields).toMatchObject({
    targets: [{ target: "10.0.0.1:80" }, { target: "10.0.0.1:80" }],
  });
});

test("decK's shared plugin configurations and defaults count, over files and in any order", async () => {
  const folder = await folderWith({
    "a.yaml": `_format_version: "3.0"
plugins:
- name: http-log
  _config: log
  config:
    timeout: 5
routes:
- name: plain
- name: own
  path_handling: v1
services:
- name: s
  port: \${{ env "DECK_PORT" }}
`,
    "b/info.json": JSON.stringify({
      _format_version: "3.0",
      _info: { select_tags: ["team"], defaults: { route: { path_handling: "v0", protocols: ["http"] } } },
      _plugin_configs: { log: { http_endpoint: "http://log.example", timeout: 1 } },
    }),
  });
  const { inventory, notes } = await readFiles({ declarative: [folder] }, today);
  expect(inventory.entities.map(({ fields }) => fields)).toEqual([
    { name: "http-log", config: { http_endpoint: "http://log.example", timeout: 5 } },
    { name: "plain", path_handling: "v0", protocols: ["http"] },
    { name: "own", path_handling: "v1", protocols: ["http"] },
    { name: "s", port: `\${{ env "DECK_PORT" }}` },
  ]);
  expect(notes).toEqual([]);
});

test("decK's variables may stand anywhere in a value, and stay as they are", async () => {
  const { inventory } = await readDeclarativeText(`_format_version: "3.0"
services:
- name: \${{ env "DECK_NAME" }}
  host: "a.\${{ env "DECK_HOST" }}.example"
  port: \${{ env "DECK_PORT" | toInt }}
  tags: ['\${{ env "DECK_TAG" }}', \${{ env "DECK_OTHER" }}]
plugins:
- name: x
  config:
    password: \${{ env "DECK_PASSWORD" }}
    note: |
      \${{ env "DECK_NOTE" }}
`);
  expect(inventory.inputs.entities).toEqual({ kind: "read" });
  expect(inventory.entities.map(({ fields }) => fields)).toEqual([
    {
      name: '${{ env "DECK_NAME" }}',
      host: 'a.${{ env "DECK_HOST" }}.example',
      port: '${{ env "DECK_PORT" | toInt }}',
      tags: ['${{ env "DECK_TAG" }}', '${{ env "DECK_OTHER" }}'],
    },
    { name: "x", config: { password: '${{ env "DECK_PASSWORD" }}', note: '${{ env "DECK_NOTE" }}\n' } },
  ]);
});

test("a shared configuration that is nowhere is a problem with its place", async () => {
  const reading = await readDeclarativeText(`_format_version: "3.0"\nplugins:\n- name: acl\n  _config: none\n`);
  expect(problemOf(reading, "declarative")).toBe(
    "kong.yml:3: _config: no such entry in _plugin_configs; read the file that has it too",
  );
});

test("anchors, aliases and merge keys mean what they mean in YAML, from one part of the file to another", async () => {
  const { inventory } = await readDeclarativeText(`_format_version: "3.0"
x-limits: &limits
  minute: 5
  policy: local
x-timeouts: &timeouts { connect_timeout: 1, read_timeout: 2 }
services:
- <<: *timeouts
  name: a
  read_timeout: 9
- name: b
  <<: [*timeouts, { retries: 3, connect_timeout: 7 }]
plugins:
- name: rate-limiting
  config: *limits
`);
  expect(inventory.entities.map(({ fields }) => fields)).toEqual([
    { connect_timeout: 1, name: "a", read_timeout: 9 },
    { name: "b", connect_timeout: 1, read_timeout: 2, retries: 3 },
    { name: "rate-limiting", config: { minute: 5, policy: "local" } },
  ]);
});

test("each document of a file has its own version and workspace; the default one is none", async () => {
  const { inventory, formatVersions } = await readDeclarativeText(`# one
_format_version: "1.1"
services:
- name: a
---
_format_version: "3.0"
_workspace: payments
services:
- name: b
...
---
_format_version: "3.0"
_workspace: default
services:
- name: c
`);
  expect(inventory.entities.map(({ name, workspace, place }) => [name, workspace, place?.line])).toEqual([
    ["a", undefined, 4],
    ["b", "payments", 9],
    ["c", undefined, 15],
  ]);
  expect(formatVersions).toEqual(["1.1", "3.0"]);
});

test("a file tells its version, its top-level keys with lines, and what stands in it twice", async () => {
  const { inventory } = await readDeclarativeText(`_format_version: "2.1"
_transform: false
routes:
- name: orders
- name: Orders
- name: orders
plugins:
- name: acl
  route: orders
- name: acl
  service: orders
- name: acl
  route: orders
- id: 1
- name: cors
- name: cors
consumers:
- id: a
- id: a
`);
  const [file] = inventory.declarativeFiles;
  expect(file?.formatVersion).toBe("2.1");
  expect(file?.topLevel).toEqual([
    { key: "_format_version", line: 1 },
    { key: "_transform", line: 2 },
    { key: "routes", line: 3 },
    { key: "plugins", line: 7 },
    { key: "consumers", line: 17 },
  ]);
  expect(file?.duplicateKeys).toEqual([
    { what: "routes: name orders stands on line 4 and on line 6", line: 6 },
    { what: "plugins of a route: acl orders stands on line 8 and on line 12", line: 12 },
    { what: "global plugins: name cors stands on line 15 and on line 16", line: 16 },
    { what: "consumers: id a stands on line 18 and on line 19", line: 19 },
  ]);
});

test("certificates, keys, vaults and licences are read without what is secret in them", async () => {
  const licence = JSON.stringify({
    license: { payload: { license_expiration_date: "2027-02-01" }, signature: "sesame" },
  });
  const { inventory } = await readDeclarativeText(
    JSON.stringify({
      _format_version: "3.0",
      certificates: [
        { id: "c1", cert: "-----BEGIN CERTIFICATE-----", key: "sesame", snis: [{ name: "a.example" }, "b.example"] },
      ],
      keys: [{ name: "k", kid: "1", jwk: '{"d":"sesame"}', pem: { private_key: "sesame", public_key: "open" } }],
      vaults: [
        { name: "hcv", prefix: "v", config: { token: "sesame", approle_secret_id: "sesame", auth_method: "approle" } },
        { name: "aws", prefix: "w", config: { token: "{vault://env/token}" } },
      ],
      licenses: [{ payload: licence }],
      services: [{ name: "s", url: "https://user:sesame@s.example" }],
    }),
    "all.json",
  );
  expect(JSON.stringify(inventory)).not.toContain("sesame");
  const fields = inventory.entities.map(({ kind, fields: own }) => [kind, own]);
  expect(fields).toEqual([
    ["certificate", { id: "c1", cert: "-----BEGIN CERTIFICATE-----", key: "[redacted]" }],
    ["sni", { name: "a.example" }],
    ["sni", { name: "b.example" }],
    ["key", { name: "k", kid: "1", jwk: "[redacted]", pem: { private_key: "[redacted]", public_key: "open" } }],
    [
      "vault",
      expect.objectContaining({
        config: { token: "[redacted]", approle_secret_id: "[redacted]", auth_method: "approle" },
      }),
    ],
    ["vault", expect.objectContaining({ config: { token: "{vault://env/token}" } })],
    ["license", { payload: "[redacted]", expiration_date: "2027-02-01" }],
    ["service", expect.objectContaining({ host: "s.example", protocol: "https" })],
  ]);
});

test("keys that hold nothing for hazards are notes with their line and count, no problems", async () => {
  const reading = await readDeclarativeText(`_format_version: 3.0
x-anything: 1
jwt_secrets:
- key: a
  secret: sesame
foo:
- 1
- 2
bar: {}
services:
routes: {}
`);
  expect(reading.notes.map((note) => withoutFolder(note))).toEqual([
    'kong.yml:1: _format_version is a number; Kong wants a text: "3.0"',
    "kong.yml:3: jwt_secrets: 1 entry, which no hazard looks at",
    'kong.yml:6: "foo" is no key that Kong or decK document; its 2 entries were not looked at',
    'kong.yml:9: "bar" is no key that Kong or decK document',
  ]);
  expect(reading.inventory.inputs.declarative).toEqual({ kind: "read" });
  expect(reading.formatVersions).toEqual(["3.0"]);
});

test("paths and Lua stay as they are, though they look like secrets", async () => {
  const lua = "local token = ngx.var.http_authorization\nif token == nil then\n  return {\n}\nend\n";
  const { inventory } = await readDeclarativeText(`_format_version: "3.0"
routes:
- name: token:x
  paths: ["/token:renew", /password=a]
plugins:
- name: pre-function
  config:
    access:
    - |
${lua.replaceAll(/^/gmu, "      ")}
`);
  const [route, plugin] = inventory.entities;
  expect(route?.fields).toMatchObject({ name: "token:x", paths: ["/token:renew", "/password=a"] });
  expect(plugin?.fields).toMatchObject({ config: { access: [lua] } });
});

test("wrong forms are named where they stand, and everything else is read", async () => {
  const reading = await readDeclarativeText(`_format_version: "3.0"
services: 5
routes: [null, x, { paths: 7 }, { name: good }]
plugins:
- enabled: true
- name: acl
  config: [1]
consumers: text
upstreams:
- name: u
  targets: 1
`);
  expect(problemOf(reading, "entities").split("; ")).toEqual([
    "kong.yml:2: services: expected a list, found a number",
    "kong.yml:3: routes[0]: expected the fields of a route, found nothing",
    "kong.yml:3: routes[1]: expected the fields of a route, found a text",
    "kong.yml:3: routes[2]: paths: expected a list, found a number",
    "kong.yml:5: plugins[0]: name: expected a text, found nothing",
    "kong.yml:6: plugins[1]: config: expected a mapping, found a list",
    "kong.yml:8: consumers: expected a list, found a text",
    "kong.yml:10: upstreams[0]: targets: expected a list, found a number",
  ]);
  expect(reading.inventory.entities.map(({ kind }) => kind)).toEqual([
    "route",
    "route",
    "plugin",
    "plugin",
    "upstream",
  ]);
});

test("in a folder other YAML is passed over with a note; a file that was named must be declarative", async () => {
  const folder = await folderWith({
    "kong.yaml": `_format_version: "3.0"\nservices:\n- name: a\n`,
    "compose.yaml": "x: 1\n",
    "README.md": "services: none",
  });
  const found = await readFiles({ declarative: [folder] }, today);
  expect(problemOf(found, "declarative")).toBe("(read)");
  expect(found.notes).toHaveLength(1);
  expect(found.notes[0]).toMatch(/compose\.yaml:1: has neither _format_version nor entities/u);
  const named = await readFiles({ declarative: [join(folder, "compose.yaml")] }, today);
  expect(problemOf(named, "declarative")).toMatch(/^compose\.yaml:1: has neither _format_version nor entities/u);
  const nothing = await readFiles({ declarative: [join(folder, "none.yaml"), await folderWith({})] }, today);
  expect(problemOf(nothing, "entities")).toBe("none.yaml: does not exist; check the path");
});

test("a declarative file in Lua is named, so that its hazard can be judged, and not read", async () => {
  const reading = await readDeclarativeText("return { services = {} }", "kong.lua");
  expect(reading.inventory.declarativeFiles.map(({ file }) => withoutFolder(file))).toEqual(["kong.lua"]);
  expect(problemOf(reading, "declarative")).toMatch(/^kong\.lua: is written in Lua/u);
});
