import { join } from "node:path";
import { expect, test } from "vitest";
import { readFiles } from "#src/discovery/files/read-files.ts";
import { assess } from "#src/kong/assess/assess.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import { folderWith } from "./folder.ts";
import { problemOf, today, withoutFolder } from "./reading.ts";

function versionOf(text: string): Version {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(text);
  return version;
}

const handler = `local BasePlugin = require "kong.plugins.base_plugin"
-- PRIORITY = 1
--[[ VERSION = "0" ]]
local Handler = { VERSION = "1.2.0" }
Handler.PRIORITY = 1005
local password = "sesame"
return Handler
`;

async function pluginsIn(files: Readonly<Record<string, string>>, given = "") {
  const folder = await folderWith(files);
  const reading = await readFiles({ plugins: [join(folder, given)] }, today);
  const plugins = reading.inventory.customPlugins.map(({ sources, ...plugin }) => ({
    ...plugin,
    files: sources.map(({ file }) => withoutFolder(file)),
  }));
  return { reading, plugins };
}

test("plugins below kong/plugins are found at any depth, with priority, version and migrations where they are literal", async () => {
  const { reading, plugins } = await pluginsIn({
    "repo/kong/plugins/a/handler.lua": handler,
    "repo/kong/plugins/a/schema.lua": "return {}",
    "repo/kong/plugins/a/migrations/init.lua": "return {}",
    "repo/kong/plugins/b/handler.lua": `return { PRIORITY = tonumber(x), ["VERSION"] = "2" }`,
    "repo/spec/helper.lua": "",
    "repo/node_modules/kong/plugins/no/handler.lua": handler,
    "repo/logo.lua.png": "x",
  });
  expect(plugins).toEqual([
    {
      name: "a",
      priority: 1005,
      version: "1.2.0",
      hasMigrations: true,
      files: [
        "repo/kong/plugins/a/handler.lua",
        "repo/kong/plugins/a/migrations/init.lua",
        "repo/kong/plugins/a/schema.lua",
      ],
    },
    { name: "b", version: "2", hasMigrations: false, files: ["repo/kong/plugins/b/handler.lua"] },
  ]);
  expect(reading.inventory.inputs).toMatchObject({ plugins: { kind: "read" }, sources: { kind: "read" } });
  expect(JSON.stringify(reading)).not.toContain("sesame");
});

test("a folder that is one plugin has its name, with what lies below it", async () => {
  const { plugins } = await pluginsIn(
    { "my-auth/handler.lua": handler, "my-auth/lib/x.lua": "", "my-auth/daos.lua": "" },
    "my-auth",
  );
  expect(plugins).toMatchObject([
    { name: "my-auth", files: ["my-auth/daos.lua", "my-auth/handler.lua", "my-auth/lib/x.lua"] },
  ]);
});

test("a source that is named itself belongs to the plugin of its folder", async () => {
  const { plugins } = await pluginsIn({ "my-auth/handler.lua": handler }, "my-auth/handler.lua");
  expect(plugins).toMatchObject([{ name: "my-auth", files: ["my-auth/handler.lua"] }]);
});

test("a rockspec tells which files are which plugin", async () => {
  const { plugins } = await pluginsIn({
    "p-1.0-1.rockspec": `build = { modules = { ["kong.plugins.p.handler"] = "src/h.lua", ['kong.plugins.p.schema'] = './src/s.lua' } }`,
    "src/h.lua": "return { PRIORITY = -5.5 }",
    "src/s.lua": "",
    "src/other.lua": "",
  });
  expect(plugins).toMatchObject([{ name: "p", files: ["src/h.lua", "src/s.lua"] }]);
});

test.each([
  [{ "x.lua": "return 1" }, /holds no plugin: no kong\/plugins/u],
  [{ "x.txt": "" }, /holds no text file that could be read/u],
])("a folder without plugins is told: %j", async (files, problem) => {
  const { reading } = await pluginsIn(files);
  expect(problemOf(reading, "sources")).toMatch(problem);
  expect(reading.inventory.inputs.plugins.kind).toBe("failed");
});

test("comments without end and very long lines are no trouble", async () => {
  const { plugins } = await pluginsIn({
    "p/handler.lua": `PRIORITY = 7\n${"--[[".repeat(200_000)}`,
    "q/handler.lua": `${"PRIORITY ".repeat(100_000)}\nPRIORITY = 8\n`,
  });
  expect(plugins).toMatchObject([
    { name: "p", priority: 7 },
    { name: "q", priority: 8 },
  ]);
});

const goPlugin = `package main

import (
	"github.com/Kong/go-pdk"
	"github.com/Kong/go-pdk/server"
)

const Version = "0.3.1"
const Priority = 1005

type Config struct {
	ApiKey string
}

func New() interface{} { return &Config{} }

func (conf Config) Access(kong *pdk.PDK) {
	kong.Response.SetHeader("x-go", "yes")
}

func main() { server.StartServer(New, Version, Priority) }
`;

const jsPlugin = `'use strict';
class KongPlugin {
  constructor(config) { this.config = config }
  async access(kong) {
    const body = await kong.request.getRawBody()
    await kong.log.info(body)
  }
}
module.exports = { Plugin: KongPlugin, Schema: [{ message: { type: "string" } }], Version: '0.1.0', Priority: 0 }
`;

const pythonPlugin = `#!/usr/bin/env python3
import kong_pdk.pdk.kong as kong
Schema = (
    {"message": {"type": "string"}},
)
version = '0.0.0'
Version = '2.1.0'
Priority = 100
class Plugin(object):
    def __init__(self, config):
        self.config = config
    def access(self, kong: kong.kong):
        pass
`;

test("plugins for plugin servers are named with their language, and are not taken for judged", async () => {
  const { reading, plugins } = await pluginsIn({
    "audit/handler.lua": handler,
    "geo-check/main.go": goPlugin,
    "geo-check/main_test.go": goPlugin,
    "geo-check/build.go": "package main\nfunc x() {}\n",
    "js/stamp.js": jsPlugin,
    "js/webpack.config.js": "module.exports = { mode: 'production' }\n",
    "js/node_modules/kong-pdk/server.js": jsPlugin,
    "js/index.d.ts": 'import kong from "kong-pdk/kong"\n',
    "py/mask.py": pythonPlugin,
    "py/setup.py": "import setuptools\n",
  });
  expect(plugins).toEqual([
    { name: "audit", priority: 1005, version: "1.2.0", hasMigrations: false, files: ["audit/handler.lua"] },
    { name: "geo-check", language: "Go", priority: 1005, version: "0.3.1", files: ["geo-check/main.go"] },
    { name: "stamp", language: "JavaScript", priority: 0, version: "0.1.0", files: ["js/stamp.js"] },
    { name: "mask", language: "Python", priority: 100, version: "2.1.0", files: ["py/mask.py"] },
  ]);
  const { inputs } = reading.inventory;
  expect(inputs.plugins).toEqual({ kind: "read" });
  expect(inputs.sources).toMatchObject({ kind: "partly", isByTheWay: true });
  expect(problemOf(reading, "sources")).toContain(
    "geo-check/main.go: plugin geo-check is written in Go, and hazards of code are known for Lua only; js/stamp.js: plugin",
  );

  const hop = { from: versionOf("2.8.5"), to: versionOf("3.4.2"), edition: "oss" } as const;
  const { findings, notChecked } = assess(reading.inventory, hop);
  expect(findings.find(({ id }) => id === "30-js-python-bytes")?.count).toBe(1);
  const asked = findings.find(({ id }) => id === "any-plugin-server-code");
  expect(asked?.kind).toBe("question");
  expect(JSON.stringify(asked?.evidence)).toMatch(/geo-check\/main\.go.*js\/stamp\.js.*py\/mask\.py/u);
  const open = notChecked.find(({ input }) => input === "sources");
  expect(open?.problem).toContain("plugin mask");
  expect(open?.hazards).toContain("30-get-path");
});

test("a folder with a plugin in Go alone is no folder without plugins", async () => {
  const { plugins, reading } = await pluginsIn({ "cmd/hello.go": goPlugin });
  expect(plugins).toMatchObject([{ name: "hello", language: "Go" }]);
  expect(reading.inventory.inputs.plugins.kind).toBe("read");
});

const elsewhere = "<!DOCTYPE html><html><body>Sign in</body></html>";

test.each([
  ["template", elsewhere, "is a web page; an nginx template was expected"],
  ["template", "services: {}\n", "does not look like an nginx template"],
  ["template", '{"a": {"b": 1}}', "does not look like an nginx template"],
  ["template", " \n", "is empty; an nginx template was expected"],
  ["scripts", "", "is empty; a script was expected"],
  ["dashboards", elsewhere, "is a web page; a dashboard or alert rules was expected"],
] as const)("a file that was named as %s and is something else is told: %j", async (source, text, problem) => {
  const file = join(await folderWith({ "the file": text }), "the file");
  const reading = await readFiles(source === "template" ? { template: file } : { [source]: [file] }, today);
  expect(reading.inventory.inputs[source]).toEqual({ kind: "failed", problem: `${file}: ${problem}` });
});

test("a script in another encoding than UTF-8 is told, also in a folder", async () => {
  const folder = await folderWith({ "ci/a.sh": Uint8Array.from([0x23, 0xfc, 0x0a]), "ci/b.sh": "curl" });
  const reading = await readFiles({ scripts: [join(folder, "ci")] }, today);
  expect(problemOf(reading, "scripts")).toBe("ci/a.sh: is not UTF-8 text; save it as UTF-8");
});

test("template, scripts and dashboards are texts without secrets; what is no text is passed over in folders", async () => {
  const folder = await folderWith({
    "nginx.template": "server { listen 80; }",
    "ci/deploy.sh": "curl -H 'Kong-Admin-Token: sesame' http://u:sesame@kong:8001/targets -X POST",
    "ci/logo.png": Uint8Array.from([0x89, 0x50, 0, 1]),
    "dash.json": '{"expr":"kong_http_status"}',
  });
  const reading = await readFiles(
    {
      template: join(folder, "nginx.template"),
      scripts: [join(folder, "ci")],
      dashboards: [join(folder, "dash.json"), join(folder, "ci/logo.png")],
    },
    today,
  );
  const { templates, scripts, dashboards, inputs } = reading.inventory;
  expect(templates).toEqual([{ file: join(folder, "nginx.template"), text: "server { listen 80; }" }]);
  expect(scripts.map(({ file }) => file)).toEqual([join(folder, "ci/deploy.sh")]);
  expect(scripts[0]?.text).toMatch(/kong:8001\/targets -X POST$/u);
  expect(dashboards).toEqual([{ file: join(folder, "dash.json"), text: '{"expr":"kong_http_status"}' }]);
  expect(inputs).toMatchObject({
    template: { kind: "read" },
    scripts: { kind: "read" },
    dashboards: { kind: "partly" },
  });
  expect(JSON.stringify(reading)).not.toContain("sesame");
});
