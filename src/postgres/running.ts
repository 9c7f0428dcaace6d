import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { superuser } from "./embedded.ts";

/**
 * Connection string of the PostgreSQL that another process started in a data directory; undefined where none left its
 * traces there. Nothing is started and nothing is written: for a terminal beside a bot that brought its own database.
 */
export async function findRunningUrl(dataDir: string): Promise<string | undefined> {
  const movedTo = await readFile(join(dataDir, "moved-to"), "utf8").catch(() => dataDir);
  const home = movedTo.trim();
  const [password, postmaster] = await Promise.all([
    readFile(join(home, "password"), "utf8").catch(() => undefined),
    readFile(join(home, "cluster", "postmaster.pid"), "utf8").catch(() => undefined),
  ]);
  // Fourth line of postmaster.pid is the port (PostgreSQL 15, "Database File Layout").
  const port = postmaster?.split("\n")[3]?.trim() ?? "";
  return password === undefined || !/^\d+$/u.test(port)
    ? undefined
    : `postgres://${superuser}:${password.trim()}@127.0.0.1:${port}/postgres`;
}
