import { chmod, mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

/** One real PostgreSQL for the whole run; every test takes databases of its own (see database.ts). */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(await roomInMemory(), "ku-"));
  // So that the account that servers run under need not have their data elsewhere.
  await chmod(folder, 0o711);
  // Where the tests, and whatever they start, make folders of their own.
  process.env["TMPDIR"] = folder;
  const server = await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), durable: false });
  project.provide("postgresUrl", server.url);
  return async () => {
    await server.stop();
    await rm(server.dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
}

const neededBytes = 8 * 1024 ** 3;

/** Each of hundreds of databases is a thousand files: a file system on a disk takes a tenth of the run to make them. */
async function roomInMemory(): Promise<string> {
  const found = await statfs("/dev/shm").catch(() => undefined);
  const free = found === undefined ? 0 : found.bavail * found.bsize;
  return free > neededBytes ? "/dev/shm" : tmpdir();
}
