import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createNode, installKong, installedVersion, kongOfVersion } from "#practice/kong/installation.ts";
import type { KongInstallation, KongNode } from "#practice/kong/installation.ts";

let folder: string;
let installation: KongInstallation;
let node: KongNode;

beforeAll(async () => {
  // A path that a careless launcher would break on.
  folder = await mkdtemp(join(tmpdir(), "kong's $HOME `x` "));
  installation = await installKong({ root: folder });
  node = await createNode({
    root: folder,
    name: "one",
    version: "2.8.5",
    ports: { proxy: 18_000, admin: 18_001, status: 18_007 },
    pg: { host: "127.0.0.1", port: 1, user: "kong", password: "p#w", database: "kong" },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const packages = (...args: readonly string[]) => execa(installation.packageManager, args, { reject: false });

test("a node runs the version that was installed on it", async () => {
  expect((await execa(node.kong, ["version"])).stdout).toBe("2.8.5");
  expect(await installedVersion(node.directory)).toBe("2.8.5");
  const installed = await packages("install", "--node", node.directory, "--version", "3.4.2");
  expect(installed.stdout).toBe(
    "simulated package: unpacking kong (3.4.2) over (2.8.5)\nsimulated package: setting up kong (3.4.2)",
  );
  expect((await execa(node.kong, ["version"])).stdout).toBe("3.4.2");
  const again = await packages("install", "--node", node.directory, "--version", "3.4.2");
  expect(again.stdout).toContain("already the version asked for");
  expect((await packages("version", "--node", node.directory)).stdout).toBe("simulated package kong 3.4.2");
});

test("the package manager refuses what it does not have", async () => {
  const unknown = await packages("install", "--node", node.directory, "--version", "9.9.9");
  expect(unknown).toMatchObject({
    exitCode: 1,
    stderr: "simulated package: error: unable to locate package kong=9.9.9",
  });
  expect(await packages("install", "--node", join(folder, "nodes", "two"))).toMatchObject({ exitCode: 1 });
  expect(await packages("remove", "--node", node.directory)).toMatchObject({ exitCode: 1 });
});

test("the node's kong.conf is the one that its commands read", async () => {
  expect(await readFile(node.conf, "utf8")).toContain("pg_password = p\\#w\n");
  // 2.8: later versions trip over the quote in this path, as the real ones do.
  const kong = kongOfVersion(folder, "2.8.5");
  const checked = await execa(kong, ["check", node.conf]);
  expect(checked.stdout).toBe(`configuration at ${node.conf} is valid`);
  const refused = await execa(kong, ["migrations", "list", "-c", node.conf], { reject: false });
  expect(refused.stderr).toContain("connection refused");
});

test("a version that is not simulated cannot be installed", async () => {
  await expect(installKong({ root: folder, versions: ["2.0.0"] })).rejects.toThrow(/Kong 2\.0\.0 is not simulated/);
});
