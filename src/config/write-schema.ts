import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { configJsonSchema } from "./json-schema.ts";

/** `npm run config-schema`: writes the schema that editors use for kong-upgrade.yml. */
await writeFile(join(import.meta.dirname, "..", "..", "kong-upgrade.schema.json"), configJsonSchema());
