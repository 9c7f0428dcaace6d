import { rm } from "node:fs/promises";
import { join } from "node:path";
import { removeEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { endLeftGateways } from "./fleet.ts";
import { plainPathOf } from "./plain-path.ts";

/** Removes everything that practice keeps in this folder, and ends what a killed practice left running on it. */
export async function startOver(dataDir: string): Promise<void> {
  await endLeftGateways(join(await plainPathOf(dataDir), "kong"));
  await removeEmbeddedPostgres(join(dataDir, "postgres"));
  await rm(dataDir, { recursive: true, force: true });
}
