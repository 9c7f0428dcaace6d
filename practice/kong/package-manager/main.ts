/**
 * The simulated package manager: `kong-package install --node DIR --version V` and `kong-package version --node DIR`.
 * DIR is `<root>/nodes/<name>`; the version must be installed under `<root>/versions`. Every line says that it is simulated.
 */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { installedVersion, kongOfVersion, switchVersion } from "#practice/kong/installation.ts";

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) =>
  fail(error instanceof Error ? error.message : String(error)),
);

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { node: { type: "string" }, version: { type: "string" } },
  });
  const [command] = positionals;
  if (values.node === undefined) return fail("say which node: --node DIR");
  const directory = resolve(values.node);
  if (!existsSync(directory)) return fail(`no such node directory: ${directory}`);
  switch (command) {
    case "version":
      process.stdout.write(`simulated package kong ${await installedVersion(directory)}\n`);
      return 0;
    case "install":
      return install(directory, values.version);
    default:
      return fail("usage: kong-package install --node DIR --version V | kong-package version --node DIR");
  }
}

async function install(directory: string, version: string | undefined): Promise<number> {
  if (version === undefined) return fail("say which version: --version V");
  const root = dirname(dirname(directory));
  if (!existsSync(kongOfVersion(root, version))) return fail(`unable to locate package kong=${version}`);
  const before = await installedVersion(directory).catch(() => undefined);
  if (before === version) {
    process.stdout.write(`simulated package: kong is already the version asked for (${version})\n`);
    return 0;
  }
  const over = before === undefined ? "" : ` over (${before})`;
  process.stdout.write(`simulated package: unpacking kong (${version})${over}\n`);
  await switchVersion(root, directory, version);
  process.stdout.write(`simulated package: setting up kong (${version})\n`);
  return 0;
}

function fail(message: string): number {
  process.stderr.write(`simulated package: error: ${message}\n`);
  return 1;
}
