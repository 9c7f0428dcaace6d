import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadConfiguration, parseConfFile, valueOf } from "#practice/kong/configuration/configuration.ts";
import type { Configuration, Environment } from "#practice/kong/configuration/configuration.ts";
import { loadKongVersion } from "#practice/kong/versions/catalogue.ts";

const kong28 = await loadKongVersion("2.8.5");
const kong34 = await loadKongVersion("3.4.2");
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kong-conf-"));
  file = join(folder, "kong.conf");
  await writeFile(
    file,
    "pg_host = from.file # a remark\n# pg_port = 1\npg_user = from_file\npg_password = a\\#b\nprefix = /from/file/\n",
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function load(env: Environment, prefix?: string): Configuration {
  return loadConfiguration(kong28, { file, prefix, env });
}

test("the file wins over defaults, the environment over the file, the command line over both", () => {
  const configuration = load({ KONG_PG_USER: "from_env", KONG_PREFIX: "/from/env" }, "/from/flag/");
  expect(valueOf(configuration, "pg_port")).toBe("5432");
  expect(valueOf(configuration, "pg_host")).toBe("from.file");
  expect(valueOf(configuration, "pg_user")).toBe("from_env");
  expect(configuration.prefix).toBe("/from/flag");
  expect(load({ KONG_PREFIX: "/from/env" }).prefix).toBe("/from/env");
  expect(load({}).prefix).toBe("/from/file");
});

test("an escaped number sign belongs to the value, another one starts a remark", () => {
  expect(valueOf(load({}), "pg_password")).toBe("a#b");
  expect(parseConfFile("a = 1 # one\nb = x\\#y\n#c = 3\n")).toEqual(
    new Map([
      ["a", "1"],
      ["b", "x#y"],
    ]),
  );
});

test("unknown variables are ignored", () => {
  expect(load({ KONG_NO_SUCH_SETTING: "1" }).values.has("no_such_setting")).toBe(false);
});

test("a data plane accepts no database", () => {
  expect(() => load({ KONG_ROLE: "data_plane" })).toThrow(/only in-memory storage can be used/);
});

test("cassandra is refused from 3.4 on", () => {
  const env = { KONG_DATABASE: "cassandra" };
  expect(() => loadConfiguration(kong34, { file, prefix: undefined, env })).toThrow(
    /not supported in versions 3.4 and above/,
  );
  expect(valueOf(load(env), "database")).toBe("cassandra");
});
