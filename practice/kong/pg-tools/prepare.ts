import { constants } from "node:fs";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { pgTools } from "./tool-failure.ts";
import type { PgTool } from "./tool-failure.ts";

/** One client program as practice will call it. */
interface PreparedTool {
  readonly path: string;
  readonly kind: "real" | "simulated";
  /** As the program itself says after its name: "15.18". */
  readonly version: string;
}

/** Every program of {@link pgTools}. */
export type PreparedTools = Readonly<Record<PgTool, PreparedTool>>;

/** Where client programs are looked for when no path is given; Debian keeps those of each major version apart. */
const usualFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin"];
/** Programs that read each other's files: either all real or all simulated. */
const together = ["pg_dump", "pg_restore", "psql"] as const satisfies readonly PgTool[];
const versionTimeoutMs = 5_000;

/**
 * Finds PostgreSQL's own client programs of the server's major version, and writes launchers of stand-ins into `<root>/bin`
 * for those that are missing. Another major version does not count: an older pg_dump refuses a newer server, and a newer
 * pg_restore may send settings that an older server does not know. `path` is the PATH to search before the usual folders.
 */
export async function preparePgTools(options: {
  readonly root: string;
  /** As `show server_version` says ("15.18 (Debian …)"), or the major number alone. */
  readonly serverVersion: string | number;
  readonly path?: string | undefined;
  /** `simulated` takes the stand-ins even where the real programs are installed. */
  readonly prefer?: "real" | "simulated" | undefined;
}): Promise<PreparedTools> {
  const version = String(options.serverVersion).split(/\s/)[0] ?? "";
  const major = version.split(".")[0] ?? "";
  const folders = [
    ...(options.path ?? "").split(delimiter).filter((folder) => folder !== ""),
    `/usr/lib/postgresql/${major}/bin`,
    ...usualFolders,
  ];
  const own = join(options.root, "bin");
  const found = new Map<PgTool, PreparedTool>();
  const wanted = options.prefer === "simulated" ? [] : pgTools;
  await Promise.all(
    wanted.map(async (tool) => {
      const real = await findReal(tool, { folders: folders.filter((folder) => folder !== own), major });
      if (real !== undefined) found.set(tool, real);
    }),
  );
  if (together.some((tool) => !found.has(tool))) for (const tool of together) found.delete(tool);

  const choose = async (tool: PgTool): Promise<PreparedTool> => {
    const launcher = join(own, tool);
    const real = found.get(tool);
    if (real === undefined) {
      await writeLauncher(launcher, tool, version);
      return { path: launcher, kind: "simulated", version };
    }
    await rm(launcher, { force: true });
    return real;
  };
  return {
    pg_dump: await choose("pg_dump"),
    pg_restore: await choose("pg_restore"),
    psql: await choose("psql"),
    createdb: await choose("createdb"),
    dropdb: await choose("dropdb"),
  };
}

async function findReal(
  tool: PgTool,
  where: { readonly folders: readonly string[]; readonly major: string },
): Promise<PreparedTool | undefined> {
  for (const folder of where.folders) {
    const path = join(folder, tool);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    const asked = await execa(path, ["--version"], { reject: false, timeout: versionTimeoutMs, stdin: "ignore" });
    // "pg_dump (PostgreSQL) 15.18 (Debian …)"; a stand-in of another practice folder says "simulated" there.
    const version = /^\w+ \(PostgreSQL\) ([\d.]+)/.exec(asked.stdout)?.[1];
    if (version?.split(".")[0] === where.major) return { path, kind: "real", version };
  }
  return undefined;
}

const program = join(import.meta.dirname, "main.ts");

async function writeLauncher(path: string, tool: PgTool, version: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  const words = [process.execPath, program, tool, version]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(" ");
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  await rename(fresh, path);
}
