import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const packageFile = join(import.meta.dirname, "..", "package.json");

/** Version of this program, as package.json says. */
export const version: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(packageFile, "utf8"))).version;
