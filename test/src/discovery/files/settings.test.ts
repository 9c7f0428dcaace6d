import { join } from "node:path";
import { expect, test } from "vitest";
import { readFiles } from "#src/discovery/files/read-files.ts";
import type { FileSources } from "#src/discovery/files/read-files.ts";
import { folderWith } from "./folder.ts";
import { problemOf, today, withoutFolder } from "./reading.ts";

const conf = `# Kong
database = postgres   # the usual
pg_password = se\\#same
pg_host = db
role = control_plane
vault_hcv_token = sesame
nginx_http_client_max_body_size = 8m
`;

const environment = `# made by hand
PATH=/usr/bin
export KONG_PG_HOST="db.example"
KONG_PG_PASSWORD='sesame'
KONG_PASSWORD=sesame
KONG_ROUTER_FLAVOR=traditional
KONG_EMPTY=
KONG_VERSION=3.4.2
KONG_PROXY_PORT_8000_TCP_ADDR=10.0.0.1
KONG_PROXY_SERVICE_HOST=10.0.0.1
AWS_REGION=eu-west-1
MY_SECRET=sesame
this is no assignment
`;

async function read(files: Readonly<Record<string, string>>, sources: (folder: string) => FileSources) {
  const folder = await folderWith(files);
  return readFiles(sources(folder), today);
}

test("a kong.conf alone says nothing of the variables of a node", async () => {
  const { inventory } = await read({ "kong.conf": conf }, (folder) => ({ conf: [join(folder, "kong.conf")] }));
  expect(inventory.environmentNames).toBe(undefined);
});

test("a variable wins over the same key of kong.conf, and each setting has its place", async () => {
  const { inventory, versions } = await read({ "kong.conf": conf, "kong.env": environment }, (folder) => ({
    conf: [join(folder, "kong.conf")],
    env: [join(folder, "kong.env")],
  }));
  expect(
    inventory.settings.map(({ key, value, origin, place }) => `${key}=${value} (${origin} ${String(place?.line)})`),
  ).toEqual([
    "pg_host=db.example (environment 3)",
    "pg_password=[redacted] (environment 4)",
    "router_flavor=traditional (environment 6)",
    "database=postgres (file 2)",
    "role=control_plane (file 5)",
    "vault_hcv_token=[redacted] (file 6)",
    "nginx_http_client_max_body_size=8m (file 7)",
  ]);
  expect(inventory.environmentNames).toEqual(["AWS_REGION"]);
  expect(versions.map(({ version, source }) => [version, withoutFolder(source)])).toEqual([
    ["3.4.2", "KONG_VERSION in kong.env"],
  ]);
  expect(JSON.stringify(inventory)).not.toContain("sesame");
  expect(inventory.inputs.configuration).toEqual({ kind: "read" });
});

test("settings tell database and topology; what they leave open is said", async () => {
  const { inventory } = await read({ "kong.conf": conf }, (folder) => ({ conf: [join(folder, "kong.conf")] }));
  expect(inventory.deployment).toEqual({ database: "postgres", topology: "hybrid" });
  expect(inventory.inputs.deployment).toEqual({
    kind: "partly",
    problem: "the files do not tell platform",
    isByTheWay: true,
  });
});

test.each([
  [{ KONG_DATABASE: "off" }, { database: "off", topology: "dbless" }],
  [
    { KONG_DATABASE: "off", KONG_ROLE: "data_plane" },
    { database: "off", topology: "hybrid" },
  ],
  [{ KONG_DATABASE: "postgres" }, { database: "postgres" }],
  [
    { KONG_DATABASE: "cassandra", KONG_ROLE: "traditional" },
    { database: "cassandra", topology: "traditional" },
  ],
  [{ HOME: "/root" }, {}],
])("the environment %o makes the deployment %o", async (env, deployment) => {
  const { inventory } = await readFiles({ env }, today);
  expect(inventory.deployment).toEqual(deployment);
});

test("a declarative file that the configuration loads means that there is no database", async () => {
  const folder = await folderWith({ "kong.yml": `_format_version: "3.0"\nservices: []\n` });
  const env = { KONG_DECLARATIVE_CONFIG: "/kong/kong.yml" };
  const { inventory } = await readFiles({ env, declarative: [folder] }, today);
  expect(inventory.deployment).toEqual({ database: "off", topology: "dbless" });
  expect((await readFiles({ declarative: [folder] }, today)).inventory.deployment).toEqual({});
});

test("a licence in the environment tells its end and nothing else", async () => {
  const KONG_LICENSE_DATA = '{"license":{"payload":{"license_expiration_date":"2027-03-04"},"signature":"sesame"}}';
  const { inventory } = await readFiles({ env: { KONG_LICENSE_DATA } }, today);
  expect(inventory.entities.map(({ kind, fields }) => [kind, fields])).toEqual([
    ["license", { expiration_date: "2027-03-04" }],
  ]);
  expect(inventory.inputs.licence).toEqual({ kind: "read" });
  expect(JSON.stringify(inventory)).not.toContain("sesame");
});

test("what Kong does not read in a kong.conf is a note with its line", async () => {
  const { notes, inventory } = await read({ "kong.conf": "a = 1\na = 2\nwords\n[section]\nb = 1\n" }, (folder) => ({
    conf: [join(folder, "kong.conf")],
  }));
  expect(notes.map((note) => withoutFolder(note))).toEqual([
    "kong.conf:2: a is set on line 1 too; Kong takes the last",
    "kong.conf:3: no `key = value`; Kong ignores this line",
    "kong.conf:4: a [section] begins; Kong reads no setting below it",
  ]);
  expect(inventory.settings.map(({ key, value }) => [key, value])).toEqual([["a", "2"]]);
});

test("a source that is missing makes the configuration partly read, or failed where it was all", async () => {
  const some = await read({ "kong.conf": conf }, (folder) => ({
    conf: [join(folder, "kong.conf"), join(folder, "no.conf")],
  }));
  expect(problemOf(some, "configuration")).toBe("no.conf: does not exist; check the path");
  expect(some.inventory.inputs.configuration.kind).toBe("partly");
  const none = await read({ "empty.env": "nothing here\n" }, (folder) => ({ env: [join(folder, "empty.env")] }));
  expect(none.inventory.inputs.configuration.kind).toBe("failed");
  expect(problemOf(none, "configuration")).toBe("empty.env: holds no line NAME=value; write it with `env`");
});

test("nothing given is nothing read", async () => {
  const { inventory, versions, formatVersions, notes } = await readFiles({}, today);
  expect(new Set(Object.values(inventory.inputs).map(({ kind }) => kind))).toEqual(new Set(["not_given"]));
  expect([versions, formatVersions, notes]).toEqual([[], [], []]);
});

test.each([
  ["", "is empty; a kong.conf was expected"],
  ["<html><body>Sign in</body></html>", "is a web page; a kong.conf was expected"],
  ["services:\n- name: orders\n", "holds no line `key = value`; a kong.conf was expected"],
  ['{"query": "a=b"}', "holds no line `key = value`; a kong.conf was expected"],
])("a file that is no kong.conf is told, so that no default counts as read: %j", async (text, problem) => {
  const { inventory } = await read({ "kong.conf": text }, (folder) => ({ conf: [join(folder, "kong.conf")] }));
  const state = inventory.inputs.configuration;
  expect(state.kind).toBe("failed");
  expect("problem" in state && withoutFolder(state.problem)).toBe(`kong.conf: ${problem}`);
});

test("a kong.conf of comments alone leaves every key at its default", async () => {
  const { inventory } = await read({ "kong.conf": "# database = postgres\n\n; nothing\n" }, (folder) => ({
    conf: [join(folder, "kong.conf")],
  }));
  expect(inventory.inputs.configuration).toEqual({ kind: "read" });
  expect(inventory.settings).toEqual([]);
});
