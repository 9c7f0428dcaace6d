import { join } from "node:path";
import { expect, test } from "vitest";
import { readFiles } from "#src/discovery/files/read-files.ts";
import { folderWith } from "./folder.ts";
import { problemOf, today, withoutFolder } from "./reading.ts";

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
