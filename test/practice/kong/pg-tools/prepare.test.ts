import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { preparePgTools } from "#practice/kong/pg-tools/prepare.ts";
import { pgTools } from "#practice/kong/pg-tools/tool-failure.ts";
import { dumpFolder } from "./tool-kinds.ts";

async function fakePrograms(folder: string, versions: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [tool, version] of Object.entries(versions)) {
    await writeFile(join(folder, tool), `#!/bin/sh\necho "${tool} (PostgreSQL) ${version}"\n`);
    await chmod(join(folder, tool), 0o755);
  }
}

const all = (version: string) => Object.fromEntries(pgTools.map((tool) => [tool, version]));

test("programs of the server's major version on the path are taken, before others of another version", async () => {
  await using folder = await dumpFolder();
  const [old, good] = [join(folder.path, "old"), join(folder.path, "good")];
  await fakePrograms(old, all("98.9"));
  await fakePrograms(good, all("99.3 (Debian 99.3-1)"));
  const tools = await preparePgTools({ root: folder.path, serverVersion: "99.1", path: `${old}${delimiter}${good}` });
  expect(tools.pg_dump).toEqual({ path: join(good, "pg_dump"), kind: "real", version: "99.3" });
  expect(Object.values(tools).every((tool) => tool.kind === "real")).toBe(true);
});

test("missing programs are simulated, and those that share files are all of one kind", async () => {
  await using folder = await dumpFolder();
  const bin = join(folder.path, "some folder's");
  await fakePrograms(bin, { pg_dump: "99.1", createdb: "99.1" });
  const tools = await preparePgTools({ root: folder.path, serverVersion: 99, path: bin });
  expect(tools.createdb.kind).toBe("real");
  for (const tool of ["pg_dump", "pg_restore", "psql", "dropdb"] as const) {
    expect(tools[tool]).toEqual({ path: join(folder.path, "bin", tool), kind: "simulated", version: "99" });
  }
});

test("a stand-in says what it is, and is not taken for a real one later", async () => {
  await using folder = await dumpFolder();
  const root = join(folder.path, "it's here");
  const tools = await preparePgTools({ root, serverVersion: "99.1" });
  const asked = await execa(tools.pg_dump.path, ["--version"], { timeout: 120_000 });
  expect(asked.stdout).toBe("pg_dump (simulated by kong-upgrade practice) 99.1");
  expect(await readFile(tools.pg_dump.path, "utf8")).toMatch(/^#!\/bin\/sh\nexec '/);
  const again = await preparePgTools({
    root: join(folder.path, "other"),
    serverVersion: "99.1",
    path: join(root, "bin"),
  });
  expect(again.pg_dump.kind).toBe("simulated");
  const used = await execa(tools.psql.path, ["-h", "127.0.0.1", "-p", "9", "-c", "select 1"], {
    reject: false,
    timeout: 120_000,
  });
  expect(used.stderr).toContain("psql: simulated by kong-upgrade practice");
});
