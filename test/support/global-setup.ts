import { mkdtemp, rm } from "node:fs/promises";
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
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-test-"));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), durable: false });
  project.provide("postgresUrl", server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    await rm(server.dataDir, { recursive: true, force: true });
  };
}
