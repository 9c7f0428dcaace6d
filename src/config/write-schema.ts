import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { configJsonSchema, runnerJsonSchema } from "./json-schema.ts";

/** `npm run config-schema`: writes the schemas that editors use for kong-upgrade.yml and a runner's own file. */
const root = join(import.meta.dirname, "..", "..");
await writeFile(join(root, "kong-upgrade.schema.json"), configJsonSchema());
await writeFile(join(root, "kong-upgrade-runner.schema.json"), runnerJsonSchema());
