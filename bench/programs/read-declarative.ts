// The reading side of a check: entities with lines, scopes and without secrets.
import { readFiles } from "#src/discovery/files/read-files.ts";
import { size } from "#bench/large-configuration.ts";

const { inventory } = await readFiles({ declarative: process.argv.slice(2) }, "2026-11-26");
const least = size.services + size.routes + size.plugins;
if (inventory.entities.length < least || inventory.inputs.entities.kind !== "read")
  throw new Error(`${inventory.entities.length} entities were read, not ${least} or more`);
