import { join } from "node:path";
import { expect, test } from "vitest";
import { readFiles } from "#src/discovery/files/read-files.ts";
import { assess } from "#src/kong/assess/assess.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import { folderWith } from "./folder.ts";
import { today, withoutFolder } from "./reading.ts";

function versionOf(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(text);
  return version;
}

const hop = { from: versionOf("2.8.5"), to: versionOf("3.4.2"), edition: "oss" } as const;

const encoded = Buffer.from(`return { name = "vault-auth", fields = {} }\nlocal api_key = "sesame"\n`).toString(
  "base64",
);
const handlerInSecret = Buffer.from(`local B = require "kong.plugins.base_plugin"\nreturn B:extend()\n`).toString(
  "base64",
);

const manifests = `apiVersion: v1
kind: ConfigMap
metadata:
  name: kong-plugin-stamp
  namespace: gateway
data:
  handler.lua: |
    -- stamps answers
    local BasePlugin = require "kong.plugins.base_plugin"
    local Stamp = BasePlugin:extend()
    Stamp.PRIORITY = 1500
    function Stamp:access(conf)
      local token = ngx.req.get_headers()["authorization"]
      local secret = "sesame"
    end
    return Stamp
  schema.lua: "return { name = \\"stamp\\",\\n  no_consumer = true, fields = {} }\\n"
---
apiVersion: v1
kind: ConfigMap
metadata: { name: stamp-migrations, namespace: gateway }
data:
  init.lua: |
    return { "000_base_stamp" }
---
apiVersion: v1
kind: Secret
metadata: { name: vault-code }
data:
  handler.lua: ${handlerInSecret}
  schema.lua: ${encoded}
  password: c2VzYW1l
---
apiVersion: v1
kind: ConfigMap
metadata: { name: snippets }
data:
  log.lua: |
    kong.log.info("x")
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: kong-kong, namespace: gateway }
spec:
  template:
    spec:
      containers:
      - name: proxy
        image: kong:2.8.5
        volumeMounts:
        - { name: code, mountPath: /opt/kong/plugins/answer-stamp }
        - { name: migrations, mountPath: /opt/kong/plugins/answer-stamp/migrations/ }
        - { name: vault, mountPath: /opt/kong/plugins/vault-auth/handler.lua, subPath: handler.lua }
      volumes:
      - { name: code, configMap: { name: kong-plugin-stamp } }
      - { name: migrations, configMap: { name: stamp-migrations } }
      - { name: vault, secret: { secretName: vault-code } }
`;

test("plugins in config maps and secrets are judged like sources in a folder, at the lines of the manifest", async () => {
  const folder = await folderWith({ "rendered.yaml": manifests });
  const { inventory, notes } = await readFiles({ manifests: [join(folder, "rendered.yaml")] }, today);
  expect(
    inventory.customPlugins.map(({ sources, ...plugin }) => ({ ...plugin, files: sources.map(({ file }) => file) })),
  ).toEqual([
    {
      name: "answer-stamp",
      priority: 1500,
      hasMigrations: true,
      files: [
        "kong/plugins/answer-stamp/handler.lua",
        "kong/plugins/answer-stamp/schema.lua",
        "kong/plugins/answer-stamp/migrations/init.lua",
      ],
    },
    {
      name: "vault-auth",
      hasMigrations: false,
      files: ["kong/plugins/vault-auth/handler.lua", "kong/plugins/vault-auth/schema.lua"],
    },
  ]);
  expect(JSON.stringify(inventory)).not.toMatch(/sesame|c2VzYW1l/u);
  expect(notes.map((note) => withoutFolder(note))).toEqual([
    "rendered.yaml:34: ConfigMap snippets holds Lua that nothing here mounts as a plugin; it was not judged",
  ]);

  const { findings, notChecked } = assess(inventory, hop);
  const base = findings.find(({ id }) => id === "30-base-plugin")?.evidence ?? [];
  const shown = base.map((piece) =>
    typeof piece === "string" ? piece : `${withoutFolder(piece.file ?? "")}:${String(piece.line)}`,
  );
  expect(shown).toContain("rendered.yaml:9");
  expect(shown).toContain("rendered.yaml:30");
  expect(withoutFolder(JSON.stringify(base))).toContain("handler.lua in ConfigMap gateway/kong-plugin-stamp");
  expect(notChecked.find(({ input }) => input === "sources")?.problem).toContain(
    "only plugins in config maps and secrets of manifests were read",
  );
});

test("the values of Kong's chart tell which config map is which plugin", async () => {
  const [map = ""] = manifests.split("---\n");
  const folder = await folderWith({
    "map.yaml": map,
    "values.yaml":
      "image: { tag: 2.8.5 }\nplugins:\n  configMaps:\n  - name: kong-plugin-stamp\n    pluginName: stamp-v2\n  - pluginName: nameless\n  secrets:\n  - name: vault-code\n    pluginName: vault-auth\n",
  });
  const given = { manifests: [join(folder, "map.yaml")], helmValues: [join(folder, "values.yaml")] };
  const { inventory } = await readFiles(given, today);
  expect(inventory.customPlugins.map(({ name }) => name)).toEqual(["stamp-v2"]);
  const used = assess(inventory, hop).findings.find(({ id }) => id === "30-base-plugin");
  expect(used?.evidence).toMatchObject([{ line: 9 }]);
  expect(JSON.stringify(assess(inventory, hop).findings)).toContain("custom plugin vault-auth (Helm release values)");
  const alone = await readFiles({ manifests: given.manifests }, today);
  expect(alone.inventory.customPlugins.map(({ name }) => name)).toEqual(["stamp"]);
});

test("a folder of plugins stays a whole list beside config maps", async () => {
  const folder = await folderWith({
    "rendered.yaml": manifests,
    "kong/plugins/own/handler.lua": 'return { PRIORITY = 1, VERSION = "1.0.0" }',
  });
  const given = { manifests: [join(folder, "rendered.yaml")], plugins: [join(folder, "kong")] };
  const { inventory } = await readFiles(given, today);
  expect(inventory.customPlugins.map(({ name }) => name)).toEqual(["answer-stamp", "vault-auth", "own"]);
  expect(inventory.inputs).toMatchObject({ sources: { kind: "read" }, plugins: { kind: "read" } });
});

const resources = `apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: { name: admins-only, namespace: shop, labels: { global: "true" } }
plugin: acl
config: { whitelist: [admins] }
---
apiVersion: configuration.konghq.com/v1
kind: KongClusterPlugin
metadata: { name: everywhere, labels: { global: "true" } }
plugin: acl
config: { whitelist: [admins] }
---
apiVersion: configuration.konghq.com/v1
kind: KongClusterPlugin
metadata: { name: on-demand }
plugin: acl
config: { blacklist: [robots] }
`;

test("a plugin of a Kubernetes resource is called by its kind, namespace and name, and global only where it is", async () => {
  const folder = await folderWith({ "plugins.yaml": resources });
  const { inventory } = await readFiles({ manifests: [folder] }, today);
  const { findings } = assess(inventory, hop);
  const texts = findings
    .filter(({ id }) => id === "30-blacklist-whitelist-removed")
    .flatMap(({ evidence }) => evidence.map((piece) => (typeof piece === "string" ? piece : piece.text)));
  expect(texts.map((text) => text.replaceAll(/\(\S*kong-files-\w+\//gu, "("))).toEqual([
    'plugin acl of KongPlugin shop/admins-only (plugins.yaml:1): config.whitelist = ["admins"]',
    'global plugin acl of KongClusterPlugin everywhere (plugins.yaml:7): config.whitelist = ["admins"]',
    'plugin acl of KongClusterPlugin on-demand (plugins.yaml:13): config.blacklist = ["robots"]',
  ]);
});

test("a map with more Lua than any plugin has is read in bounded time, and the rest is named", async () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `  m${index}.lua: "return 1"\n`).join("");
  const folder = await folderWith({
    "big.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: big }\ndata:\n  handler.lua: "return {}"\n${keys}`,
  });
  const { inventory, notes } = await readFiles({ manifests: [folder] }, today);
  expect(inventory.customPlugins[0]?.sources).toHaveLength(200);
  expect(notes.map((note) => withoutFolder(note))).toEqual([
    "big.yaml:1: ConfigMap big holds more or longer Lua than any plugin: 19801 of its sources were not judged",
  ]);
});
